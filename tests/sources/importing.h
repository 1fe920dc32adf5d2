/* Helpers of this folder's tests: a fresh database, files in a folder of
 * their own, and an import with what it told. */
#ifndef TESTS_SOURCES_IMPORTING_H
#define TESTS_SOURCES_IMPORTING_H

#include <stdio.h>
#include <unistd.h>

#include "digest/base/file.h"
#include "digest/sources/import.h"
#include "digest/sources/source_kind.h"
#include "tests/support/house.h"

enum { NOW = 1795500000 }; /* 2026-11-24 */

struct importing {
    struct db *db;
    char *folder;
    struct arena arena;
    struct import_options options;
    struct import_report report;
    struct strbuf told;
};

static void note(void *context, enum import_word word, const char *line)
{
    strbuf_add_format(context, "%s%s\n",
                      word == IMPORT_FAILED    ? "! "
                      : word == IMPORT_DOUBTED ? "? "
                                               : "",
                      line);
}

__attribute__((unused)) static int begin(void **state)
{
    struct importing *t = MEM_NEW(struct importing);
    t->folder = house_folder();
    t->db = house_db();
    t->options = (struct import_options){.now = NOW};
    t->report.tell = note;
    t->report.context = &t->told;
    *state = t;
    return 0;
}

__attribute__((unused)) static int end(void **state)
{
    struct importing *t = *state;
    house_folder_release(&t->folder);
    db_close(t->db);
    arena_free(&t->arena);
    import_report_free(&t->report);
    strbuf_free(&t->told);
    free(t);
    return 0;
}

__attribute__((unused)) static void
write_bytes(struct importing *t, const char *name, struct str bytes)
{
    struct err err = {0};
    char *path = file_join(t->folder, name);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    assert_true(file_make_folder(path, 0755, &err));
    *slash = '/';
    assert_true(file_write(path, bytes, 0644, &err));
    free(path);
}

__attribute__((unused)) static void
write_text(struct importing *t, const char *name, const char *text)
{
    write_bytes(t, name, str_of(text));
}

/* Imports a file of the folder, or ("") all of it, from nothing told. */
__attribute__((unused)) static void import(struct importing *t,
                                           const char *name)
{
    struct err err = {0};
    char *path = *name ? file_join(t->folder, name) : mem_copy(t->folder);
    import_report_free(&t->report);
    t->report = (struct import_report){.tell = note, .context = &t->told};
    strbuf_cut(&t->told, 0);
    if (!import_path(t->db, path, &t->options, &t->report, &err))
        fail_msg("%s", err.text);
    free(path);
}

__attribute__((unused)) static struct article_list all(struct importing *t)
{
    struct err err = {0};
    struct article_list list = {0};
    assert_true(article_find(t->db, &(struct article_query){0}, &t->arena,
                             &list, &err));
    return list;
}

/* The one article there is, body included. */
__attribute__((unused)) static struct article only(struct importing *t)
{
    struct err err = {0};
    struct article article;
    struct article_list list = all(t);
    if (list.count != 1)
        fail_msg("%zu articles; told: %s", list.count, strbuf_text(&t->told));
    assert_true(
        article_get(t->db, list.items[0].id, &t->arena, &article, &err));
    return article;
}

__attribute__((unused)) static void assert_told(struct importing *t,
                                                const char *part)
{
    if (!strstr(strbuf_text(&t->told), part))
        fail_msg("not told: %s\ntold: %s", part, strbuf_text(&t->told));
}

#endif
