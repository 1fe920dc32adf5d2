/* Imports files, folders and addresses, each by the kind that recognises it. */
#include "digest/sources/import.h"

#include <stdio.h>
#include <sys/stat.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/base/url_shown.h"
#include "digest/fetch/fetch.h"
#include "digest/sources/import_run_internal.h"
#include "digest/sources/import_seen_internal.h"
#include "digest/sources/source_kind_internal.h"

enum { MAX_FILE = 512 * 1024 * 1024, MAX_DEPTH = 64 };

void import_report_free(struct import_report *report)
{
    import_seen_free(report->seen);
    report->seen = NULL;
    free(report->changed_ids);
    report->changed_ids = NULL;
    report->changed_count = report->changed_capacity = 0;
    free(report->withdrawn_ids);
    report->withdrawn_ids = NULL;
    report->withdrawn_count = report->withdrawn_capacity = 0;
}

bool import_kind_parse(const char *name, const struct source_kind **out)
{
    *out = source_kind_find(name);
    return *out ? (*out)->read != NULL : strcmp(name, "auto") == 0;
}

static bool fail_unknown(const char *name, struct err *err)
{
    OWNED(strbuf_free) struct strbuf known = STRBUF_INIT;
    for (size_t i = 0; source_kinds[i]; i++)
        if (source_kinds[i]->file_noun)
            strbuf_add_format(&known, "%s%s", known.len ? ", " : "",
                              source_kinds[i]->file_noun);
    return err_set(err, ERR_INPUT,
                   "%s: looks like nothing that is known here (%s)", name,
                   strbuf_text(&known)) ||
           err_remedy(err, REMEDY_NAME_KIND, NULL);
}

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

static bool import_bytes(struct import_run *run, const struct source_kind *kind,
                         const struct import_bytes *input, struct err *err)
{
    return kind ? kind->read(run, input, err) : fail_unknown(input->name, err);
}

/* A fault in one file doesn't keep the others out; one in the database does. */
static bool tell_or_fail(struct import_run *run, bool good, struct err *why,
                         struct err *err)
{
    if (good)
        return true;
    if (why->kind == ERR_INPUT) {
        import_failed(run, why->text);
        return true;
    }
    *err = *why;
    return false;
}

/* Told by its first bytes: it may be larger than memory. NULL: by nothing. */
static const struct source_kind *kind_of_file(const char *path,
                                              const struct source_kind *said)
{
    char head[4096];
    OWNED(close_file) FILE *file = said ? NULL : fopen(path, "re");
    if (!file)
        return said;
    size_t length = fread(head, 1, sizeof head, file);
    return source_kind_recognise(path, (struct str){head, length});
}

static bool import_stream(struct import_run *run,
                          const struct source_kind *kind, const char *path,
                          struct err *err)
{
    OWNED(close_file) FILE *file = fopen(path, "re");
    if (!file)
        return file_fail(err, path, "open");
    bool good = kind->read_stream(run, path, file, err);
    arena_free(&run->arena);
    return good;
}

static int64_t changed_at(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 ? (int64_t)about.st_mtime : 0;
}

/* `is_alone`: named by the caller, not found in a folder. There, what looks
 * like nothing we know is passed over. */
static bool import_file(struct import_run *run, const char *path,
                        const char *inside, bool is_alone, struct err *err)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    struct err why = {0};
    const struct source_kind *kind = kind_of_file(path, run->options->kind);
    if (kind && kind->read_stream) {
        bool taken = import_stream(run, kind, path, &why);
        return tell_or_fail(run, taken, &why, err);
    }
    if (!file_read(path, MAX_FILE, &text, &why)) {
        if (is_alone && why.kind != ERR_INPUT) {
            *err = why;
            return false;
        }
        import_failed(run, why.text);
        return true;
    }
    run->file_changed_at = changed_at(path);
    struct import_bytes input = {
        .name = path, .inside = inside, .bytes = strbuf_str(&text)};
    bool good = import_bytes(run, kind, &input, &why);
    arena_free(&run->arena);
    return tell_or_fail(run, good, &why, err);
}

static bool import_folder(struct import_run *run, const char *folder,
                          const char *inside, unsigned depth, struct err *err);

static bool is_link(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0 && S_ISLNK(about.st_mode);
}

/* Folders are not followed through links, which may lead round. */
static bool import_child(struct import_run *run, const char *path,
                         const char *inside, unsigned depth, struct err *err)
{
    if (file_is_folder(path))
        return is_link(path) || depth > MAX_DEPTH ||
               import_folder(run, path, inside, depth, err);
    return !source_kind_may_be(run->options->kind, path) ||
           import_file(run, path, inside, false, err);
}

static bool import_folder(struct import_run *run, const char *folder,
                          const char *inside, unsigned depth, struct err *err)
{
    OWNED(file_list_free) struct file_list list = {0};
    struct err why = {0};
    if (!file_list(folder, NULL, &list, &why)) {
        if (depth == 0) {
            *err = why;
            return false;
        }
        import_failed(run, why.text);
        return true;
    }
    for (size_t i = 0; i < list.count; i++) {
        OWNED(mem_free) char *path = file_join(folder, list.names[i]);
        OWNED(mem_free)
        char *below = *inside ? file_join(inside, list.names[i])
                              : mem_copy(list.names[i]);
        if (!import_child(run, path, below, depth + 1, err))
            return false;
    }
    return true;
}

static bool is_address(const char *path)
{
    return str_starts_nocase(str_of(path), STR("https://")) ||
           str_starts_nocase(str_of(path), STR("http://"));
}

static bool import_fetched(struct import_run *run, const char *name,
                           const struct fetch_reply *reply, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    /* Everybody may read the address in an article, so it has no password. */
    const char *shown = url_shown(&arena, name);
    struct import_bytes input = {.name = shown,
                                 .inside = shown,
                                 .url = url_shown(&arena, reply->url),
                                 .charset =
                                     *reply->charset ? reply->charset : NULL,
                                 .bytes = strbuf_str(&reply->body)};
    const struct source_kind *kind = run->options->kind;
    if (!kind)
        kind = source_kind_recognise(name, input.bytes);
    return import_bytes(run, kind, &input, err);
}

static bool import_address(struct import_run *run, const char *url,
                           struct err *err)
{
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    struct fetch_options options = {.allow_private =
                                        run->options->allow_private};
    struct err why = {0};
    if (!fetch_url(url, &options, &reply, err))
        return false;
    bool good = import_fetched(run, url, &reply, &why);
    return tell_or_fail(run, good, &why, err);
}

/* The last part of a path, which stands for a file imported alone. */
static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

bool import_path(struct db *db, const char *path_or_url,
                 const struct import_options *options,
                 struct import_report *report, struct err *err)
{
    OWNED(import_run_free)
    struct import_run run = {.db = db, .options = options, .report = report};
    bool good;
    if (is_address(path_or_url))
        good = import_address(&run, path_or_url, err);
    else if (file_is_folder(path_or_url))
        good = import_folder(&run, path_or_url, "", 0, err);
    else
        good =
            import_file(&run, path_or_url, file_name(path_or_url), true, err);
    return good && import_finish(&run, err);
}

bool import_reply(struct db *db, const char *name,
                  const struct fetch_reply *reply,
                  const struct import_options *options,
                  struct import_report *report, struct err *err)
{
    OWNED(import_run_free)
    struct import_run run = {.db = db, .options = options, .report = report};
    struct err late = {0};
    bool good = import_fetched(&run, name, reply, err);
    if (import_finish(&run, &late))
        return good;
    *err = late;
    return false;
}
