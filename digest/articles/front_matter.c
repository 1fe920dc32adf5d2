#include "digest/articles/front_matter.h"

static struct str without_bom(struct str text)
{
    return str_starts(text, STR("\xEF\xBB\xBF")) ? str_from(text, 3) : text;
}

static bool is_fence(struct str line, struct str fence)
{
    return str_starts(line, fence) &&
           str_trim(str_from(line, fence.len)).len == 0;
}

/* Finds the closing fence; what stands before it is the fields. */
static bool split(struct str text, struct str fence, struct str *fields,
                  struct front_matter *out)
{
    struct str rest = text, line;
    unsigned number = 1;
    str_next_line(&rest, &line);
    const char *begin = rest.ptr;
    while (str_next_line(&rest, &line)) {
        number++;
        if (!is_fence(line, fence))
            continue;
        *fields = (struct str){begin, (size_t)(line.ptr - begin)};
        out->body = rest;
        out->body_line = number + 1;
        return true;
    }
    return false;
}

bool front_matter_read(struct arena *arena, struct str text, const char *file,
                       struct front_matter *out, struct err *err)
{
    text = without_bom(text);
    struct str rest = text, first = {"", 0}, fields;
    str_next_line(&rest, &first);
    bool is_yaml = is_fence(first, STR("---"));
    bool is_toml = is_fence(first, STR("+++"));
    *out = (struct front_matter){.body = text, .body_line = 1};
    if (!is_yaml && !is_toml)
        return yaml_parse(arena, STR(""), file, 1, &out->fields, err);
    if (!split(text, is_yaml ? STR("---") : STR("+++"), &fields, out))
        return err_set(err, ERR_INPUT,
                       "%s:1: the front matter has no end; close it with a "
                       "line of %s",
                       file, is_yaml ? "---" : "+++");
    out->is_there = true;
    if (is_toml)
        return toml_parse(arena, fields, file, 2, &out->fields, err);
    if (!yaml_parse(arena, fields, file, 2, &out->fields, err))
        return false;
    if (out->fields->kind == YAML_MAP)
        return true;
    return err_set(err, ERR_INPUT,
                   "%s:2: the front matter has to be lines of \"key: value\"",
                   file);
}
