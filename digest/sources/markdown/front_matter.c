/* Finds a Markdown file's front matter, and parses it by its form. */
#include "digest/sources/markdown/front_matter_internal.h"

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"

static struct str without_bom(struct str text)
{
    return str_starts(text, STR("\xEF\xBB\xBF")) ? str_from(text, 3) : text;
}

static bool is_fence(struct str line, struct str fence)
{
    return str_starts(line, fence) &&
           str_trim(str_from(line, fence.len)).len == 0;
}

enum form { YAML, TOML, JSON };

static const struct fence {
    struct str open, close, or_close;
    enum form form;
} fences[] = {
    {{"---", 3}, {"---", 3}, {"...", 3}, YAML},
    {{"---yaml", 7}, {"---", 3}, {"...", 3}, YAML},
    {{"---toml", 7}, {"---", 3}, {"---", 3}, TOML},
    {{"---json", 7}, {"---", 3}, {"---", 3}, JSON},
    {{"+++", 3}, {"+++", 3}, {"+++", 3}, TOML},
    {{";;;", 3}, {";;;", 3}, {";;;", 3}, JSON},
};

static const struct fence *fence_at(struct str line)
{
    for (size_t i = 0; i < ARRAY_SIZE(fences); i++)
        if (is_fence(line, fences[i].open))
            return &fences[i];
    return NULL;
}

/* Finds the closing fence; what stands before it is the fields. */
static bool split(struct str text, const struct fence *fence,
                  struct str *fields, struct front_matter *out)
{
    struct str rest = text, line;
    unsigned number = 1;
    str_next_line(&rest, &line);
    const char *begin = rest.ptr;
    while (str_next_line(&rest, &line)) {
        number++;
        if (!is_fence(line, fence->close) && !is_fence(line, fence->or_close))
            continue;
        *fields = (struct str){begin, (size_t)(line.ptr - begin)};
        out->body = rest;
        out->body_line = number + 1;
        return true;
    }
    return false;
}

/* Middleman writes no braces. */
static bool read_json(struct arena *arena, struct str fields, const char *file,
                      struct front_matter *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf braced = STRBUF_INIT;
    size_t end;
    if (!str_starts(str_trim(fields), STR("{"))) {
        strbuf_add_char(&braced, '{');
        strbuf_add_str(&braced, fields);
        strbuf_add_char(&braced, '}');
        fields = strbuf_str(&braced);
    }
    return front_json_parse(arena, fields, file, 2, &out->fields, &end, err);
}

/* An object of JSON, and no template's {{ or {%. */
static bool is_object(struct str text)
{
    return str_starts(text, STR("{")) &&
           str_starts(str_trim(str_from(text, 1)), STR("\""));
}

/* The object that a file begins with; the body is what follows it. */
static bool read_object(struct arena *arena, struct str text, const char *file,
                        struct front_matter *out, struct err *err)
{
    size_t end;
    struct str line;
    if (!front_json_parse(arena, text, file, 1, &out->fields, &end, err))
        return false;
    out->is_there = true;
    for (size_t i = 0; i < end; i++)
        out->body_line += text.ptr[i] == '\n';
    out->body = str_from(text, end);
    size_t rest = str_find(out->body, '\n');
    line = (struct str){out->body.ptr, rest};
    if (str_trim(line).len == 0) {
        out->body = str_from(out->body, rest < out->body.len ? rest + 1 : rest);
        out->body_line++;
    }
    return true;
}

bool front_matter_read(struct arena *arena, struct str text, const char *file,
                       struct front_matter *out, struct err *err)
{
    text = without_bom(text);
    struct str rest = text, first = {"", 0}, fields;
    str_next_line(&rest, &first);
    const struct fence *fence = fence_at(first);
    *out = (struct front_matter){.body = text, .body_line = 1};
    if (!fence && is_object(text))
        return read_object(arena, text, file, out, err);
    if (!fence)
        return yaml_parse(arena, STR(""), file, 1, &out->fields, err);
    if (!split(text, fence, &fields, out))
        return err_set(err, ERR_INPUT,
                       "%s:1: the front matter has no end; close it with a "
                       "line of %.*s",
                       file, STR_ARG(fence->close));
    out->is_there = true;
    if (fence->form == TOML)
        return toml_parse(arena, fields, file, 2, &out->fields, err);
    if (fence->form == JSON)
        return read_json(arena, fields, file, out, err);
    if (!yaml_parse(arena, fields, file, 2, &out->fields, err))
        return false;
    if (out->fields->kind == YAML_MAP)
        return true;
    return err_set(err, ERR_INPUT,
                   "%s:2: the front matter has to be lines of \"key: value\"",
                   file);
}
