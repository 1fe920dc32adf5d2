/* Examines who owns the files: the user who owns the database's folder runs the
 * service, and has to be able to go on with every one of them. */
#include <grp.h>
#include <libgen.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/doctor/doctor.h"

enum { GROUPS_MAX = 256, NAMED_MAX = 12, DEPTH_MAX = 8 };

/* Needs of the user, as the bits of a mode. */
enum need { READ = 4, ENTER = 5, USE = 6, FILL = 7 };

struct owners {
    struct doctor *doctor;
    uid_t user;
    const char *name;
    gid_t groups[GROUPS_MAX];
    int group_count;
    char *folders[2];    /* the database's and digest.yaml's, really */
    bool good;           /* nothing was found outside of them */
    struct strbuf names; /* of what they can't use */
    const char *first;   /* of these … */
    const char *belongs; /* … and whose it is */
    size_t count;
};

static const char *user_name(struct doctor *d, uid_t user)
{
    const struct passwd *entry = getpwuid(user);
    return entry ? arena_copy(&d->arena, entry->pw_name)
                 : arena_format(&d->arena, "%lu", (unsigned long)user);
}

static void find_groups(struct owners *o, gid_t group)
{
    const struct passwd *entry = getpwuid(o->user);
    o->group_count = GROUPS_MAX;
    if (!entry || getgrouplist(entry->pw_name, entry->pw_gid, o->groups,
                               &o->group_count) < 0) {
        o->groups[0] = group;
        o->group_count = 1;
    }
}

static bool may(const struct owners *o, const struct stat *status,
                enum need need)
{
    unsigned shift = status->st_uid == o->user ? 6 : 0;
    for (int i = 0; !shift && i < o->group_count; i++)
        if (o->groups[i] == status->st_gid)
            shift = 3;
    return (status->st_mode >> shift & (unsigned)need) == (unsigned)need;
}

/* Really in one of their folders, whatever links lead there. */
static bool is_inside(const struct owners *o, const char *path)
{
    OWNED(mem_free) char *real = realpath(path, NULL);
    for (size_t i = 0; real && i < ARRAY_SIZE(o->folders); i++) {
        struct str folder = str_of(o->folders[i] ? o->folders[i] : "/");
        if (folder.len > 1 && str_starts(str_of(real), folder) &&
            real[folder.len] == '/')
            return true;
    }
    return false;
}

static void say_outside(struct owners *o, const char *path, uid_t whose)
{
    doctor_say(o->doctor, FINDING_ERROR, "files",
               arena_format(&o->doctor->arena, "let %s use it", o->name),
               "%s: belongs to %s, and %s, who runs the service, can't use it",
               path, user_name(o->doctor, whose), o->name);
    o->doctor->findings[o->doctor->count - 1].kind = ERR_PERMISSION;
    o->good = false;
}

/* Looks at a file; one that isn't there is made when it is wanted. Root is
 * asked to give nothing away that a link of the user's stands for. */
static void look(struct owners *o, const char *path, enum need need)
{
    struct stat status;
    if (!path || lstat(path, &status) != 0 || S_ISLNK(status.st_mode) ||
        may(o, &status, need))
        return;
    if (!is_inside(o, path)) {
        say_outside(o, path, status.st_uid);
        return;
    }
    if (!o->count++) {
        o->first = arena_copy(&o->doctor->arena, path);
        o->belongs = user_name(o->doctor, status.st_uid);
    }
    if (o->count <= NAMED_MAX)
        strbuf_add_format(&o->names, " '%s'", path);
}

/* "maildir:PATH", from the folder of digest.yaml. */
static void look_at_maildir(struct owners *o, const char *url)
{
    static const char scheme[] = "maildir:";
    static const char *const parts[] = {"tmp", "new", "cur"};
    if (!url || strncmp(url, scheme, sizeof scheme - 1) != 0)
        return;
    OWNED(mem_free)
    char *path = file_join(o->doctor->conf->folder, url + sizeof scheme - 1);
    look(o, path, FILL);
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        OWNED(mem_free) char *part = file_join(path, parts[i]);
        look(o, part, FILL);
    }
}

/* The database, what SQLite has beside it, its counter, locks and copies. */
static void look_at_database(struct owners *o, const char *folder)
{
    OWNED(mem_free) char *copy = mem_copy(o->doctor->conf->database_path);
    OWNED(file_list_free) struct file_list list = {0};
    struct err ignored;
    struct str prefix = str_of(basename(copy));
    if (!file_list(folder, NULL, &list, &ignored))
        return;
    for (size_t i = 0; i < list.count; i++) {
        OWNED(mem_free) char *path = file_join(folder, list.names[i]);
        if (str_starts(str_of(list.names[i]), prefix))
            look(o, path, USE);
    }
    OWNED(mem_free) char *backups = file_join(folder, "backups");
    look(o, backups, FILL);
}

static void look_at_templates(struct owners *o, const char *path, int depth)
{
    OWNED(file_list_free) struct file_list list = {0};
    struct err ignored;
    struct stat status;
    bool folder = lstat(path, &status) == 0 && S_ISDIR(status.st_mode);
    look(o, path, folder ? ENTER : READ);
    if (!folder || depth == DEPTH_MAX ||
        !file_list(path, NULL, &list, &ignored))
        return;
    for (size_t i = 0; i < list.count; i++) {
        OWNED(mem_free) char *part = file_join(path, list.names[i]);
        look_at_templates(o, part, depth + 1);
    }
}

static void look_at_all(struct owners *o, const char *folder)
{
    const struct conf *c = o->doctor->conf;
    OWNED(mem_free) char *templates = file_join(c->folder, "templates");
    look(o, c->path, READ);
    look_at_database(o, folder);
    look(o, c->keys_file, READ);
    look(o, c->bounce_password_file, READ);
    for (size_t i = 0; i < c->relay_count; i++) {
        look(o, c->relays[i].password_file, READ);
        look_at_maildir(o, c->relays[i].url);
    }
    for (size_t i = 0; i < c->dkim_count; i++)
        look(o, c->dkim[i].key, READ);
    look_at_maildir(o, c->bounce_mailbox);
    look_at_templates(o, templates, 0);
}

bool doctor_owners(struct doctor *d)
{
    OWNED(mem_free) char *copy = mem_copy(d->conf->database_path);
    const char *folder = dirname(copy);
    struct stat status;
    /* Root can use all of it. */
    if (stat(folder, &status) != 0 || status.st_uid == 0)
        return true;
    struct owners o = {
        .doctor = d,
        .user = status.st_uid,
        .name = user_name(d, status.st_uid),
        .folders = {realpath(folder, NULL), realpath(d->conf->folder, NULL)},
        .good = true,
        .names = STRBUF_INIT};
    find_groups(&o, status.st_gid);
    look_at_all(&o, folder);
    if (o.count) {
        const char *more =
            o.count == 1
                ? ""
                : arena_format(&d->arena, " (and %zu more)", o.count - 1);
        doctor_say(d, FINDING_ERROR, "files",
                   arena_format(&d->arena, "chown -h %s%s%s", o.name,
                                strbuf_text(&o.names),
                                o.count > NAMED_MAX ? " …" : ""),
                   "%s%s: belongs to %s, and %s, whose folder this is, can't "
                   "use it: what runs as %s stops there",
                   o.first, more, o.belongs, o.name, o.name);
        d->findings[d->count - 1].kind = ERR_PERMISSION;
    }
    strbuf_free(&o.names);
    for (size_t i = 0; i < ARRAY_SIZE(o.folders); i++)
        free(o.folders[i]);
    return o.good && !o.count;
}
