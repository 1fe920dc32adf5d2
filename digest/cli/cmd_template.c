/* Runs `digest template`: lists, copies and renders designs. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/embed.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/cli/app.h"
#include "digest/cli/json.h"
#include "digest/renderer/design.h"

static const char emails[] = "templates/email/";

/* The design's name in "templates/email/NAME/file", or an empty view. */
static struct str design_of(const char *path)
{
    struct str rest = str_from(str_of(path), sizeof emails - 1);
    struct str name = str_cut(&rest, '/');
    return rest.len ? name : STR("");
}

/* Lists designs: the publisher's own first, then those carried inside the
 * program. */
static bool find_designs(const char *own, struct file_list *out,
                         size_t *own_count, struct err *err)
{
    if (file_is_folder(own) && !file_list(own, NULL, out, err))
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++) {
        OWNED(mem_free) char *folder = file_join(own, out->names[i]);
        if (file_is_folder(folder))
            out->names[kept++] = out->names[i];
        else
            free(out->names[i]);
    }
    out->count = *own_count = kept;
    size_t index = 0;
    const struct embed_file *file;
    while ((file = embed_next(emails, &index))) {
        struct str name = design_of(file->path);
        bool is_there = !name.len;
        for (size_t i = 0; i < out->count; i++)
            is_there |= str_equal(str_of(out->names[i]), name);
        if (!is_there)
            MEM_PUSH(out->names, out->count, out->capacity, str_dup(name));
    }
    return true;
}

enum { LIST_COLUMNS = 78, LIST_INDENT = 4 };

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Prints names in lines, none of which is broken at its dots. */
static void print_names(const char *what, const struct design_names *names)
{
    size_t column = LIST_COLUMNS;
    if (!names->count)
        return;
    qsort(names->items, names->count, sizeof *names->items, compare_names);
    printf("  %s:", what);
    for (size_t i = 0; i < names->count; i++) {
        size_t width = strlen(names->items[i]) + 2;
        bool fits = column + width <= LIST_COLUMNS;
        printf("%s%*s%s%s", fits ? "" : "\n", fits ? 1 : LIST_INDENT, "",
               names->items[i], i + 1 < names->count ? "," : "");
        column = (fits ? column : LIST_INDENT) + width;
    }
    putchar('\n');
}

static json_t *names_json(const struct design_names *names)
{
    json_t *array = json_array();
    for (size_t i = 0; i < names->count; i++)
        json_array_append_new(array, json_string(names->items[i]));
    return array;
}

static void add_json(json_t *array, const char *name, const char *place,
                     const struct design *design, const struct err *err)
{
    json_t *error = err->kind ? json_string(err->text) : json_null();
    json_array_append_new(
        array, json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "design", name,
                         "folder", place ? json_string(place) : json_null(),
                         "variables", names_json(&design->variables), "unknown",
                         names_json(&design->unknown), "settings",
                         names_json(&design->settings), "error", error));
}

static void print_design(const char *name, const char *place,
                         const struct design *design, const struct err *err)
{
    printf("%s (%s)\n", name, place ? place : "built in");
    if (err->kind) {
        printf("  can't be used: %s\n", err->text);
        return;
    }
    print_names("variables", &design->variables);
    print_names("no mail has these, so they stay empty", &design->unknown);
    print_names("settings of a theme", &design->settings);
}

/* Lists the designs; one that can't be read is told, and the others are listed
 * all the same. */
static bool run_list(struct invocation *call, struct err *err)
{
    if (!invocation_count(call, 0, 0, err))
        return false;
    OWNED(mem_free) char *own = file_join(call->folder, "templates/email");
    OWNED(mem_free) char *root = file_join(call->folder, "templates");
    OWNED(file_list_free) struct file_list list = {0};
    OWNED(template_set_release)
    struct template_set *set = template_set_new(root);
    size_t own_count;
    if (!find_designs(own, &list, &own_count, err))
        return false;
    json_t *array = json_array();
    for (size_t i = 0; i < list.count; i++) {
        OWNED(design_free) struct design design = {0};
        OWNED(mem_free)
        char *place = i < own_count ? file_join(own, list.names[i]) : NULL;
        struct err bad = {0};
        if (!design_read(set, list.names[i], &design, &bad))
            call->exit_code = err_exit_code(bad.kind);
        add_json(array, list.names[i], place, &design, &bad);
        if (!call->json)
            print_design(list.names[i], place, &design, &bad);
    }
    if (call->json)
        json_print(array);
    else
        json_decref(array);
    return true;
}

/* Whether a built-in file belongs to the design, or to all of them, and its
 * name in a folder of the design's own. */
static const char *name_in_copy(const struct embed_file *file, struct str from)
{
    const char *name = file->path + sizeof emails - 1;
    struct str design = design_of(file->path);
    if (!design.len)
        return name;
    return str_equal(design, from) ? name + design.len + 1 : NULL;
}

/* Copies a design, with the partials and the style sheet that all designs
 * share: the copy has all that it is made of, and stays what it is. */
static bool copy_files(const char *folder, struct str from, size_t *copied,
                       struct err *err)
{
    size_t index = 0;
    const struct embed_file *file;
    while ((file = embed_next(emails, &index))) {
        const char *name = name_in_copy(file, from);
        if (!name)
            continue;
        OWNED(mem_free) char *to = mem_format("%s/%s", folder, name);
        struct str bytes = {file->begin, (size_t)(file->end - file->begin)};
        if (!file_write(to, bytes, 0644, err))
            return false;
        ++*copied;
    }
    return true;
}

static bool is_built_in(struct str design)
{
    size_t index = 0;
    const struct embed_file *file;
    while ((file = embed_next(emails, &index)))
        if (str_equal(design_of(file->path), design))
            return true;
    return false;
}

/* Whether a design's name can be typed, as a folder and as an option's
 * value. */
static bool is_design_name(const char *name)
{
    for (const char *c = name; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == '/' || *c == 0x7f)
            return false;
    return *name && *name != '.' && *name != '-';
}

static bool run_copy(struct invocation *call, struct err *err)
{
    if (!invocation_count(call, 2, 2, err))
        return false;
    const char *from = call->args[0], *to = call->args[1];
    if (!is_design_name(to))
        return err_set(err, ERR_USAGE,
                       "\"%.60s\": a design's name has no blanks and no slash, "
                       "and begins with neither a dot nor a hyphen",
                       to);
    if (!*from || !is_built_in(str_of(from)))
        return err_set(err, ERR_NOT_FOUND,
                       "%.60s: no built-in design of this name; `digest "
                       "template list` shows them",
                       from);
    OWNED(mem_free) char *own = file_join(call->folder, "templates/email");
    OWNED(mem_free) char *folder = file_join(own, to);
    size_t copied = 0;
    if (file_exists(folder))
        return err_set(err, ERR_CONFLICT, "%s: is there already", folder);
    if (!file_make_folder(folder, 0755, err) ||
        !copy_files(folder, str_of(from), &copied, err))
        return false;
    printf("Copied %s to %s: %zu files, of which html.mustache, text.mustache "
           "and style.css come first.\n"
           "Use it: digest newsletter edit SLUG --template %s\n"
           "See it: digest issue show SLUG --as html --open\n",
           from, folder, copied, to);
    return true;
}

static bool read_data(struct invocation *call, struct value **out,
                      struct err *err)
{
    const char *data = option_get(call, "--data");
    OWNED(strbuf_free) struct strbuf json = STRBUF_INIT;
    if (!data)
        return err_set(err, ERR_USAGE,
                       "what data? give --data FILE, or the "
                       "JSON itself");
    bool is_itself = data[0] == '{' || data[0] == '[';
    if (is_itself)
        strbuf_add_text(&json, data);
    else if (!file_read(data, 16 << 20, &json, err))
        return false;
    if (value_from_json(&call->arena, strbuf_str(&json), out, err))
        return true;
    return err_context(err, "%s: not valid JSON", is_itself ? "--data" : data);
}

/* Partials by name from a folder, compiled as they are met. */
struct partials {
    const char *folder;
    struct {
        char *name;
        struct template *template;
    } * items;
    size_t count, capacity;
};

static const struct template *find_partial(void *context, const char *name,
                                           struct err *err)
{
    struct partials *p = context;
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->items[i].name, name) == 0)
            return p->items[i].template;
    if (!p->folder || name[0] == '/' || strstr(name, ".."))
        return NULL;
    OWNED(mem_free) char *path = mem_format("%s/%s.mustache", p->folder, name);
    OWNED(strbuf_free) struct strbuf source = STRBUF_INIT;
    struct template *template = NULL;
    if (!file_exists(path))
        return NULL;
    if (!file_read(path, 4 << 20, &source, err) ||
        !template_compile(strbuf_str(&source), path, &template, err))
        return NULL;
    if (p->count == p->capacity) {
        p->capacity = p->capacity ? p->capacity * 2 : 8;
        p->items = mem_resize(p->items, p->capacity, sizeof *p->items);
    }
    p->items[p->count].name = mem_copy(name);
    p->items[p->count++].template = template;
    return template;
}

static void free_partials(struct partials *p)
{
    for (size_t i = 0; i < p->count; i++) {
        free(p->items[i].name);
        template_free(p->items[i].template);
    }
    free(p->items);
}

static bool run_render(struct invocation *call, struct err *err)
{
    OWNED(strbuf_free)
    struct strbuf source = STRBUF_INIT, out = STRBUF_INIT;
    OWNED(template_release) struct template *template = NULL;
    struct value *data = NULL;
    if (!invocation_count(call, 1, 1, err) || !read_data(call, &data, err) ||
        !file_read(call->args[0], 4 << 20, &source, err) ||
        !template_compile(strbuf_str(&source), call->args[0], &template, err))
        return false;
    OWNED(free_partials)
    struct partials partials = {.folder = option_get(call, "--partials")};
    struct template_library library = {find_partial, &partials};
    if (!template_apply(template, data, EDGE_HTML, &library, &out, err))
        return false;
    fwrite(strbuf_text(&out), 1, out.len, stdout);
    return true;
}

const struct command template_commands[] = {
    {"template",
     "list",
     "",
     "list the designs, and what can be shown in each",
     {{0}},
     run_list},
    {"template",
     "copy",
     "FROM TO",
     "copy a design, to change it",
     {{0}},
     run_copy},
    {"template",
     "render",
     "FILE",
     "apply a mustache template to data",
     {{"--data", "JSON", "a file, or the JSON itself"},
      {"--partials", "DIR", "where NAME.mustache stands for {{>NAME}}"},
      {0}},
     run_render},
    {0},
};
