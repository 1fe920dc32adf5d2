/* Builds requests to WordPress's REST API, and reads its answers. */
#include "digest/sources/wordpress/wordpress_api_internal.h"

#include <jansson.h>

#include "digest/base/mem.h"
#include "digest/sources/json_text_internal.h"
#include "digest/sources/wordpress/wordpress_internal.h"

static void end_json(json_t **json)
{
    json_decref(*json);
}

const char *wordpress_api_url(struct arena *arena, const char *root,
                              const char *route, const char *query)
{
    struct str base = str_of(root);
    while (base.len && base.ptr[base.len - 1] == '/')
        base.len--;
    bool is_route = str_find(base, '?') < base.len;
    return arena_format(arena, "%.*s/%s%s%s", STR_ARG(base), route,
                        !*query    ? ""
                        : is_route ? "&"
                                   : "?",
                        query);
}

const char *wordpress_api_posts_url(struct arena *arena, const char *root,
                                    const char *since, unsigned page)
{
    const char *order = *since ? arena_format(arena,
                                              "orderby=modified&order=desc"
                                              "&modified_after=%s",
                                              since)
                               : "orderby=date&order=desc";
    const char *query = arena_format(arena,
                                     "per_page=%d&page=%u&%s"
                                     "&_embed=author,wp:featuredmedia,wp:term",
                                     WORDPRESS_API_PAGE, page, order);
    return wordpress_api_url(arena, root, "wp/v2/posts", query);
}

const char *wordpress_api_check_url(struct arena *arena, const char *root,
                                    const char *const *guids, size_t count)
{
    OWNED(strbuf_free) struct strbuf query = STRBUF_INIT;
    strbuf_add_format(
        &query, "per_page=%d&_fields=id,status,content.protected&include=",
        WORDPRESS_API_PAGE);
    for (size_t i = 0; i < count; i++)
        strbuf_add_format(&query, "%s%s", i ? "," : "",
                          wordpress_post_number(guids[i]));
    return wordpress_api_url(arena, root, "wp/v2/posts", strbuf_text(&query));
}

static bool fail_foreign(const struct import_bytes *input, struct err *err)
{
    return err_set(err, ERR_INPUT,
                   "%s: isn't the answer of a WordPress site; check that its "
                   "REST API is open to everybody, or add its feed instead",
                   input->name);
}

/* A list of posts, or NULL. */
static json_t *load_list(struct str json)
{
    json_t *list = json_text_load(json, 0, NULL);
    if (json_is_array(list))
        return list;
    json_decref(list);
    return NULL;
}

bool import_wordpress_posts(struct import_run *run,
                            const struct import_bytes *input,
                            const char **newest, struct err *err)
{
    OWNED(end_json) json_t *list = load_list(input->bytes);
    *newest = "";
    if (!list)
        return fail_foreign(input, err);
    for (size_t i = 0; i < json_array_size(list); i++) {
        OWNED(arena_free) struct arena post_arena = ARENA_INIT;
        OWNED(entry_free) struct entry entry = {.file = input->name};
        const json_t *post = json_array_get(list, i);
        const char *changed =
            json_string_value(json_object_get(post, "modified_gmt"));
        if (!wordpress_post_read(post, run->options->now, &post_arena, &entry))
            return fail_foreign(input, err);
        if (!import_entry(run, &entry, err))
            return false;
        if (changed && strcmp(changed, *newest) > 0)
            *newest = arena_copy(&run->arena, changed);
    }
    return true;
}

bool wordpress_api_read_guids(const struct import_bytes *input,
                              struct arena *arena, const char ***guids,
                              size_t *count, struct err *err)
{
    OWNED(end_json) json_t *list = load_list(input->bytes);
    if (!list)
        return fail_foreign(input, err);
    *guids = ARENA_NEW_ARRAY(arena, const char *, json_array_size(list));
    *count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        OWNED(entry_free) struct entry entry = {0};
        if (wordpress_post_read(json_array_get(list, i), INT64_MAX, arena,
                                &entry) &&
            !entry.left_out)
            (*guids)[(*count)++] = entry.guid;
    }
    return true;
}

static const char *text_at(const json_t *object, const char *key,
                           struct arena *arena)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? arena_copy(arena, text) : "";
}

static bool speaks_of_posts(const json_t *root)
{
    const json_t *spaces = json_object_get(root, "namespaces");
    for (size_t i = 0; i < json_array_size(spaces); i++) {
        const char *space = json_string_value(json_array_get(spaces, i));
        if (space && strcmp(space, "wp/v2") == 0)
            return true;
    }
    return false;
}

bool wordpress_api_read_site(struct str json, struct arena *arena,
                             struct wordpress_site *out)
{
    OWNED(end_json) json_t *root = json_text_load(json, 0, NULL);
    if (!root || !speaks_of_posts(root))
        return false;
    *out = (struct wordpress_site){
        .name = text_at(root, "name", arena),
        .description = text_at(root, "description", arena),
        .timezone = text_at(root, "timezone_string", arena),
        .image_url = text_at(root, "site_icon_url", arena),
    };
    return true;
}
