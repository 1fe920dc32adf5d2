#include <stdio.h>
#include <string.h>

#include "digest/base/embed.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/cli/app.h"

static const char emails[] = "templates/email/";

/* The design's name in "templates/email/NAME/file", or an empty view. */
static struct str design_of(const char *path)
{
    struct str rest = str_from(str_of(path), sizeof emails - 1);
    struct str name = str_cut(&rest, '/');
    return rest.len ? name : STR("");
}

static bool run_list(struct invocation *call, struct err *err)
{
    if (!invocation_count(call, 0, 0, err))
        return false;
    OWNED(mem_free) char *own = file_join(call->folder, "templates/email");
    OWNED(file_list_free) struct file_list list = {0};
    if (file_is_folder(own) && !file_list(own, NULL, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++)
        printf("%-12s %s/%s\n", list.names[i], own, list.names[i]);
    struct str last = STR("");
    size_t index = 0;
    const struct embed_file *file;
    while ((file = embed_next(emails, &index))) {
        struct str name = design_of(file->path);
        if (name.len && !str_equal(name, last))
            printf("%-12.*s built in\n", STR_ARG(name));
        last = name;
    }
    return true;
}

static bool copy_file(const char *folder, const struct embed_file *file,
                      struct str name, struct err *err)
{
    OWNED(mem_free)
    char *to = mem_format("%s/%s", folder,
                          file->path + sizeof emails - 1 + name.len + 1);
    struct str bytes = {file->begin, (size_t)(file->end - file->begin)};
    return file_write(to, bytes, 0644, err);
}

static bool run_copy(struct invocation *call, struct err *err)
{
    if (!invocation_count(call, 2, 2, err))
        return false;
    const char *from = call->args[0], *to = call->args[1];
    if (!*to || strchr(to, '/') || to[0] == '.')
        return err_set(err, ERR_USAGE,
                       "\"%.60s\": a design's name has no slash and doesn't "
                       "begin with a dot",
                       to);
    OWNED(mem_free) char *own = file_join(call->folder, "templates/email");
    OWNED(mem_free) char *folder = file_join(own, to);
    if (file_exists(folder))
        return err_set(err, ERR_CONFLICT, "%s: is there already", folder);
    size_t index = 0, copied = 0;
    const struct embed_file *file;
    while ((file = embed_next(emails, &index))) {
        if (!str_equal(design_of(file->path), str_of(from)))
            continue;
        if (!copied++ && !file_make_folder(folder, 0755, err))
            return false;
        if (!copy_file(folder, file, str_of(from), err))
            return false;
    }
    if (!copied)
        return err_set(err, ERR_NOT_FOUND,
                       "%.60s: no built-in design of this name; `digest "
                       "template list` shows them",
                       from);
    printf("Copied %s to %s. Use it: digest newsletter edit SLUG --template "
           "%s\n",
           from, folder, to);
    return true;
}

static bool read_inputs(const struct invocation *call, struct strbuf *source,
                        struct strbuf *json, struct err *err)
{
    const char *data = option_get(call, "--data");
    if (!data)
        return err_set(err, ERR_USAGE,
                       "what data? give --data FILE, or the "
                       "JSON itself");
    if (!file_read(call->args[0], 4 << 20, source, err))
        return false;
    if (data[0] == '{' || data[0] == '[') {
        strbuf_add_text(json, data);
        return true;
    }
    return file_read(data, 16 << 20, json, err);
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
    struct strbuf source = STRBUF_INIT, json = STRBUF_INIT, out = STRBUF_INIT;
    OWNED(template_release) struct template *template = NULL;
    struct value *data;
    if (!invocation_count(call, 1, 1, err) ||
        !read_inputs(call, &source, &json, err) ||
        !value_from_json(&call->arena, strbuf_str(&json), &data, err) ||
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
    {"template", "list", "", "list the designs there are", {{0}}, run_list},
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
