/* Finds, compiles and keeps templates, the publisher's own first. */
#include "digest/renderer/template_set.h"

#include <stdlib.h>

#include "digest/base/embed.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/renderer/template_nodes_internal.h"

enum { TEMPLATE_BYTES_MAX = 1 << 20, NAMES_MAX = 40 };

struct template_entry {
    char *path, *origin;
    struct str source;    /* ptr NULL: there is no such template */
    struct strbuf loaded; /* holds the source, where it isn't built in */
    struct template *compiled;
};

struct template_set {
    char *folder; /* or NULL */
    struct template_entry **entries;
    size_t count, capacity;
};

struct template_set *template_set_new(const char *folder)
{
    struct template_set *set = MEM_NEW(struct template_set);
    set->folder = mem_copy(folder);
    return set;
}

static void free_entry(struct template_entry **entry)
{
    if (!*entry)
        return;
    template_free((*entry)->compiled);
    strbuf_free(&(*entry)->loaded);
    free((*entry)->path);
    free((*entry)->origin);
    free(*entry);
}

void template_set_free(struct template_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->count; i++)
        free_entry(&set->entries[i]);
    free(set->entries);
    free(set->folder);
    free(set);
}

void template_set_release(struct template_set **set)
{
    template_set_free(*set);
    *set = NULL;
}

/* ---- reading --------------------------------------------------------- */

/* Names may come from data: no name leads out of the folder. */
static bool is_safe_path(struct str path)
{
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.ptr[i];
        if (c < ' ' || c == '\\' || c == 0x7f)
            return false;
    }
    while (path.len) {
        struct str part = str_cut(&path, '/');
        if (part.len == 0 || part.ptr[0] == '.')
            return false;
    }
    return true;
}

static bool check_utf8(struct str source, const char *origin, struct err *err)
{
    size_t at = utf8_invalid_at(source);
    if (at == source.len)
        return true;
    unsigned line = 1;
    for (size_t i = 0; i < at; i++)
        line += source.ptr[i] == '\n';
    return err_set(err, ERR_INPUT, "%s:%u: not UTF-8; save it as UTF-8", origin,
                   line);
}

static bool read_own(struct template_set *set, struct template_entry *entry,
                     struct err *err)
{
    if (!set->folder)
        return true;
    OWNED(mem_free) char *file = file_join(set->folder, entry->path);
    struct err reading = {0};
    if (!file_read(file, TEMPLATE_BYTES_MAX, &entry->loaded, &reading)) {
        if (reading.kind == ERR_NOT_FOUND)
            return true;
        if (err)
            *err = reading;
        return false;
    }
    entry->source =
        (struct str){strbuf_text(&entry->loaded), entry->loaded.len};
    entry->origin = TAKE(file);
    return check_utf8(entry->source, entry->origin, err);
}

static void read_built_in(struct template_entry *entry)
{
    OWNED(mem_free) char *path = mem_format("templates/%s", entry->path);
    entry->source = embed_find(path);
    if (entry->source.ptr)
        entry->origin = mem_format("built-in:%s", entry->path);
}

/* The entry for a path, read when it is first asked for; its source.ptr is
 * NULL where there is no such template. */
static bool find_entry(struct template_set *set, const char *path,
                       struct template_entry **out, struct err *err)
{
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->entries[i]->path, path) == 0) {
            *out = set->entries[i];
            return true;
        }
    }
    OWNED(free_entry)
    struct template_entry *entry = MEM_NEW(struct template_entry);
    entry->path = mem_copy(path);
    if (is_safe_path(str_of(path))) {
        if (!read_own(set, entry, err))
            return false;
        if (!entry->source.ptr)
            read_built_in(entry);
    }
    *out = entry;
    MEM_PUSH(set->entries, set->count, set->capacity, TAKE(entry));
    return true;
}

/* ---- what there is --------------------------------------------------- */

static void add_name(struct strbuf *names, struct str name)
{
    struct str there = strbuf_str(names);
    while (there.len)
        if (str_equal(str_trim(str_cut(&there, ',')), name))
            return;
    if (names->len)
        strbuf_add_text(names, ", ");
    strbuf_add_str(names, name);
}

/* The folders (for a path with folders in it) or the files beside what
 * `path` names at the second level: below `email/` the designs. */
static void list_names(const struct template_set *set, const char *path,
                       struct strbuf *names)
{
    struct str rest = str_of(path);
    struct str top = str_cut(&rest, '/');
    bool folders = str_find(rest, '/') < rest.len;
    OWNED(mem_free) char *prefix = mem_format("templates/%.*s/", STR_ARG(top));
    size_t index = 0;
    const struct embed_file *file;
    while ((file = embed_next(prefix, &index))) {
        struct str name = str_from(str_of(file->path), strlen(prefix));
        if ((str_find(name, '/') < name.len) == folders)
            add_name(names, str_cut(&name, '/'));
    }
    if (!set->folder)
        return;
    OWNED(mem_free)
    char *folder = mem_format("%s/%.*s", set->folder, STR_ARG(top));
    OWNED(file_list_free) struct file_list list = {0};
    struct err ignored;
    if (!file_list(folder, NULL, &list, &ignored))
        return;
    for (size_t i = 0; i < list.count && i < NAMES_MAX; i++) {
        OWNED(mem_free) char *one = file_join(folder, list.names[i]);
        if (file_is_folder(one) == folders)
            add_name(names, str_of(list.names[i]));
    }
}

static bool not_found(const struct template_set *set, const char *path,
                      struct err *err)
{
    OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
    struct str rest = str_of(path);
    struct str top = str_cut(&rest, '/');
    list_names(set, path, &names);
    return err_set(err, ERR_NOT_FOUND,
                   "there is no template \"%.200s\"; under \"%.*s\" there "
                   "are: %.500s",
                   path, top.len < 60 ? (int)top.len : 60, top.ptr,
                   names.len ? strbuf_text(&names) : "none");
}

static bool find_existing(struct template_set *set, const char *path,
                          struct template_entry **out, struct err *err)
{
    return find_entry(set, path, out, err) &&
           ((*out)->source.ptr || not_found(set, path, err));
}

/* Finds a template in the folder of the one at `beside`, then in those above;
 * *out is NULL where there is none. */
static bool find_near(struct template_set *set, const char *beside,
                      const char *name, struct template_entry **out,
                      struct err *err)
{
    struct str folder = str_of(beside);
    *out = NULL;
    while (folder.len) {
        folder.len--;
        while (folder.len && folder.ptr[folder.len] != '/')
            folder.len--;
        OWNED(mem_free)
        char *path = mem_format("%.*s%s%s", STR_ARG(folder),
                                folder.len ? "/" : "", name);
        struct template_entry *entry;
        if (!find_entry(set, path, &entry, err))
            return false;
        if (entry->source.ptr) {
            *out = entry;
            return true;
        }
    }
    return true;
}

bool template_set_source_near(struct template_set *set, const char *path,
                              const char *name, struct str *source,
                              const char **origin, struct err *err)
{
    struct template_entry *entry;
    if (!find_near(set, path, name, &entry, err))
        return false;
    if (!entry)
        return err_set(err, ERR_NOT_FOUND,
                       "there is no \"%.100s\" beside it, nor in the folders "
                       "above",
                       name);
    *source = entry->source;
    *origin = entry->origin;
    return check_utf8(*source, *origin, err);
}

bool template_set_source(struct template_set *set, const char *path,
                         struct str *source, const char **origin,
                         struct err *err)
{
    struct template_entry *entry;
    if (!find_existing(set, path, &entry, err))
        return false;
    *source = entry->source;
    *origin = entry->origin;
    return true;
}

static void add_file(struct file_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->names[i], name) == 0)
            return;
    MEM_PUSH(list->names, list->count, list->capacity, mem_copy(name));
}

void template_set_list(const struct template_set *set, const char *folder,
                       const char *suffix, struct file_list *out)
{
    OWNED(mem_free) char *prefix = mem_format("templates/%s/", folder);
    OWNED(mem_free)
    char *own = set->folder ? file_join(set->folder, folder) : NULL;
    const struct embed_file *file;
    struct err ignored = {0};
    size_t index = 0;
    if (!own || !file_list(own, suffix, out, &ignored))
        *out = (struct file_list){0};
    while ((file = embed_next(prefix, &index))) {
        struct str name = str_from(str_of(file->path), strlen(prefix));
        if (str_ends(name, str_of(suffix)) && str_find(name, '/') == name.len)
            add_file(out, name.ptr);
    }
}

static void add_own_folders(const char *own, const char *file_name,
                            struct file_list *out)
{
    OWNED(file_list_free) struct file_list all = {0};
    struct err ignored = {0};
    if (!file_is_folder(own) || !file_list(own, NULL, &all, &ignored))
        return;
    for (size_t i = 0; i < all.count; i++) {
        OWNED(mem_free)
        char *path = mem_format("%s/%s/%s", own, all.names[i], file_name);
        if (file_exists(path))
            add_file(out, all.names[i]);
    }
}

void template_set_folders(const struct template_set *set, const char *folder,
                          const char *file_name, struct file_list *out)
{
    OWNED(mem_free) char *prefix = mem_format("templates/%s/", folder);
    OWNED(mem_free)
    char *own = set->folder ? file_join(set->folder, folder) : NULL;
    const struct embed_file *file;
    size_t index = 0;
    *out = (struct file_list){0};
    if (own)
        add_own_folders(own, file_name, out);
    while ((file = embed_next(prefix, &index))) {
        struct str rest = str_from(str_of(file->path), strlen(prefix));
        OWNED(mem_free) char *name = str_dup(str_cut(&rest, '/'));
        if (str_equal(rest, str_of(file_name)))
            add_file(out, name);
    }
}

/* ---- compiling ------------------------------------------------------- */

static bool compile(struct template_entry *entry, struct err *err)
{
    return entry->compiled || (check_utf8(entry->source, entry->origin, err) &&
                               template_compile(entry->source, entry->origin,
                                                &entry->compiled, err));
}

bool template_set_get(struct template_set *set, const char *path,
                      const struct template **out, struct err *err)
{
    struct template_entry *entry;
    if (!find_existing(set, path, &entry, err) || !compile(entry, err))
        return false;
    *out = entry->compiled;
    return true;
}

/* The template that is applied: its folder is where partials are sought. */
struct search {
    struct template_set *set;
    const char *path;
};

bool template_set_get_near(struct template_set *set, const char *path,
                           const char *name, const struct template **out,
                           struct err *err)
{
    OWNED(mem_free) char *file = mem_format("%s.mustache", name);
    struct template_entry *entry;
    *out = NULL;
    if (!find_near(set, path, file, &entry, err))
        return false;
    if (entry && !compile(entry, err))
        return false;
    *out = entry ? entry->compiled : NULL;
    return true;
}

static const struct template *find_partial(void *context, const char *name,
                                           struct err *err)
{
    const struct search *search = context;
    const struct template *found;
    return template_set_get_near(search->set, search->path, name, &found, err)
               ? found
               : NULL;
}

bool template_set_apply(struct template_set *set, const char *path,
                        const struct value *data, enum template_edge edge,
                        struct strbuf *out, struct err *err)
{
    const struct template *template = NULL;
    if (!template_set_get(set, path, &template, err))
        return false;
    struct search search = {set, path};
    struct template_library library = {find_partial, &search};
    return template_apply(template, data, edge, &library, out, err);
}

/* ---- what is in one --------------------------------------------------- */

enum { SEEN_MAX = 64 };

struct hunt {
    struct template_set *set;
    const char *path, *name;
    const struct template *seen[SEEN_MAX]; /* each is looked through once */
    size_t seen_count;
    bool found;
};

static bool hunt_in(struct hunt *hunt, const struct node *first,
                    struct err *err);

static bool is_seen(const struct hunt *hunt, const struct template *template)
{
    for (size_t i = 0; i < hunt->seen_count; i++)
        if (hunt->seen[i] == template)
            return true;
    return false;
}

/* A dynamic partial isn't known beforehand, and may show anything. So may
 * partials behind the last that is remembered. */
static bool hunt_in_partial(struct hunt *hunt, const struct node *node,
                            struct err *err)
{
    const struct template *partial;
    OWNED(mem_free) char *name = str_dup(node->text);
    hunt->found = node->is_dynamic || hunt->seen_count == SEEN_MAX;
    if (hunt->found)
        return true;
    if (!template_set_get_near(hunt->set, hunt->path, name, &partial, err))
        return false;
    if (!partial || is_seen(hunt, partial))
        return true;
    hunt->seen[hunt->seen_count++] = partial;
    return hunt_in(hunt, partial->root.first, err);
}

static bool hunt_in(struct hunt *hunt, const struct node *first,
                    struct err *err)
{
    for (const struct node *node = first; node && !hunt->found;
         node = node->next) {
        bool brings = node->kind == NODE_PARTIAL || node->kind == NODE_PARENT;
        hunt->found =
            !brings && node->kind != NODE_TEXT && node->kind != NODE_LINE &&
            node->kind != NODE_BLOCK && node->part_count &&
            str_equal(node->parts[node->part_count - 1], str_of(hunt->name));
        if ((brings && !hunt_in_partial(hunt, node, err)) ||
            (!hunt->found && !hunt_in(hunt, node->first, err)))
            return false;
    }
    return true;
}

bool template_set_lacks(struct template_set *set, const char *path,
                        const char *name, bool *out, struct err *err)
{
    const struct template *template;
    struct hunt hunt = {.set = set, .path = path, .name = name};
    if (!template_set_get(set, path, &template, err) ||
        !hunt_in(&hunt, template->root.first, err))
        return false;
    *out = !hunt.found;
    return true;
}
