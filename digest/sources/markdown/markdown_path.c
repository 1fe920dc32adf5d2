/* Reads date, slug and section from a Markdown file's path. */
#include "digest/sources/markdown/markdown_path_internal.h"

#include "digest/base/mem.h"
#include "digest/base/timetext.h"

enum { DATE_LENGTH = 10 };

static struct str last_part(struct str path)
{
    for (size_t i = path.len; i > 0; i--)
        if (path.ptr[i - 1] == '/')
            return str_from(path, i);
    return path;
}

static struct str without_extension(struct str name)
{
    for (size_t i = name.len; i > 1; i--)
        if (name.ptr[i - 1] == '.')
            return (struct str){name.ptr, i - 1};
    return name;
}

/* Takes 2026-11-20 and the hyphen behind it off the name. */
static struct str take_date(struct str name, struct markdown_path *out)
{
    struct str date = {name.ptr, DATE_LENGTH};
    if (name.len < DATE_LENGTH ||
        (name.len > DATE_LENGTH && !strchr("-_", name.ptr[DATE_LENGTH])) ||
        name.ptr[4] != '-' || name.ptr[7] != '-' ||
        !time_parse_rfc3339(date, &out->date))
        return name;
    out->has_date = true;
    return name.len > DATE_LENGTH + 1 ? str_from(name, DATE_LENGTH + 1) : name;
}

static bool is_index(struct str name)
{
    return str_equal_nocase(name, STR("index"));
}

static bool is_about(struct str name)
{
    static const char *const names[] = {"readme",          "license",
                                        "changelog",       "contributing",
                                        "code_of_conduct", "security"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (str_equal_nocase(name, str_of(names[i])))
            return true;
    return false;
}

static bool has_folder(struct str folders, struct str name)
{
    while (folders.len)
        if (str_equal(str_cut(&folders, '/'), name))
            return true;
    return false;
}

/* An index.md is its folder's page, and takes the folder's name. */
static void set_page(struct arena *arena, struct str folder, struct str name,
                     struct markdown_path *out)
{
    if (is_index(name) && folder.len) {
        struct str whole = {folder.ptr, folder.len - 1};
        name = last_part(whole);
        folder.len = whole.len - name.len;
        name = take_date(name, out);
    }
    out->folder = arena_copy_str(arena, folder);
    out->page = arena_format(arena, "%s%.*s", out->folder, STR_ARG(name));
}

void markdown_path_read(struct arena *arena, const char *inside,
                        struct markdown_path *out)
{
    struct str path = str_of(inside), name = last_part(path);
    struct str folder = {path.ptr, path.len - name.len};
    if (str_starts(folder, STR("_posts/"))) /* Jekyll's own */
        folder = str_from(folder, 7);
    *out = (struct markdown_path){
        .is_draft = has_folder(folder, STR("_drafts")),
        .is_html = str_ends(name, STR(".html")) || str_ends(name, STR(".htm")),
    };
    name = without_extension(name);
    out->is_section = str_equal(name, STR("_index"));
    out->is_about_the_folder = is_about(name);
    set_page(arena, folder, take_date(name, out), out);
}
