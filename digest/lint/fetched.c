/* Links asked for: by HEAD first, and by GET where a server won't answer
 * that; side by side, one at a time from each host. */
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/fetch/fetch.h"
#include "digest/lint/links_internal.h"

enum { TIMEOUT_S = 20, LINKS_MAX = 500, BODY_MAX = 2 << 20 };

struct asked {
    const char *url;
    const struct markup_node *node;
};

struct asking {
    struct lint *lint;
    struct asked *items;
    size_t count, capacity;
    struct asked *again; /* those that HEAD didn't settle */
    size_t again_count;
    bool last; /* this is the second round */
};

static void free_asking(struct asking *asking)
{
    free(asking->items);
    free(asking->again);
}

/* ---- which ----------------------------------------------------------- */

static bool is_known(const struct asking *asking, const char *url)
{
    for (size_t i = 0; i < asking->count; i++)
        if (strcmp(asking->items[i].url, url) == 0)
            return true;
    return false;
}

static bool is_unasked(const struct lint_options *options, struct str url)
{
    for (const char *const *begin = options->unasked; begin && *begin; begin++)
        if (str_starts(url, str_of(*begin)))
            return true;
    return false;
}

static void add(struct asking *asking, const struct markup_node *node,
                struct str url)
{
    if (!link_is_web(url) || asking->count == LINKS_MAX ||
        is_unasked(asking->lint->options, url))
        return;
    url.len = str_find(url, '#');
    struct asked item = {arena_copy_str(&asking->lint->report->arena, url),
                         node};
    if (!is_known(asking, item.url))
        MEM_PUSH(asking->items, asking->count, asking->capacity, item);
}

static void gather(struct asking *asking)
{
    const struct markup *markup = &asking->lint->markup;
    for (size_t i = 0; i < markup->count; i++) {
        const struct markup_node *node = markup->nodes[i];
        const char *source =
            markup_is(node, "img") ? markup_get(node, "src") : NULL;
        add(asking, node, source ? str_of(source) : link_of(node));
    }
}

/* ---- what came of it ------------------------------------------------- */

/* The gist of a fetching error: without the address at its begin, which the
 * finding names, and the remedy for sources at its end. */
static struct str gist(const char *text, const char *url)
{
    struct str said = str_of(text);
    if (str_starts(said, str_of(url)))
        said = str_from(said, strlen(url));
    if (str_starts(said, STR(": ")))
        said = str_from(said, 2);
    said.len = str_find_str(said, STR("; "));
    return said;
}

/* A server that answers may have its reasons; one that can't be reached, or
 * knows no such page, can't have readers either. */
static enum lint_rule rule_for(long status, const struct err *why)
{
    if (why->kind == ERR_PERMISSION)
        return RULE_LINK_PRIVATE;
    bool gone = status == 0 || status == 404 || status == 410;
    return gone ? RULE_LINK_BROKEN : RULE_LINK_UNSURE;
}

static void report(struct asking *asking, const struct asked *asked,
                   long status, const struct err *why)
{
    struct lint_place place = lint_at_node(asked->node);
    enum lint_rule rule = rule_for(status, why);
    struct str said = rule == RULE_LINK_PRIVATE
                          ? STR("is a private or loopback address")
                          : gist(why->text, asked->url);
    lint_add(asking->lint, rule, &place, "%s: %.*s", asked->url, STR_ARG(said));
}

static void note_move(struct asking *asking, const struct asked *asked,
                      const char *moved_url)
{
    struct lint_place place = lint_at_node(asked->node);
    if (moved_url && strcmp(moved_url, asked->url) != 0)
        lint_add(asking->lint, RULE_LINK_MOVED, &place, "%s moved to %s",
                 asked->url, moved_url);
}

/* HEAD tells of what is there, what is private, and what is no address; all
 * else is asked for again. A body too large to be taken is there. */
static bool take(void *context, size_t index, const struct fetch_reply *reply,
                 const struct err *why, char **follow, struct err *err)
{
    struct asking *asking = context;
    const struct asked *asked =
        asking->last ? &asking->again[index] : &asking->items[index];
    (void)follow;
    (void)err;
    bool is_input = why && why->kind == ERR_INPUT;
    bool is_private = why && why->kind == ERR_PERMISSION;
    if (!why)
        note_move(asking, asked, reply->moved_url);
    else if (asking->last ? !is_input : is_private || is_input)
        report(asking, asked, reply->status, why);
    else if (!asking->last)
        asking->again[asking->again_count++] = *asked;
    return true;
}

static bool ask(struct asking *asking, const struct asked *items, size_t count,
                struct err *err)
{
    OWNED(mem_free)
    struct fetch_request *requests =
        MEM_NEW_ARRAY(struct fetch_request, count + 1);
    for (size_t i = 0; i < count; i++)
        requests[i] = (struct fetch_request){
            items[i].url,
            {.allow_private = asking->lint->options->allow_private,
             .head = !asking->last,
             .max_bytes = BODY_MAX,
             .timeout_s = TIMEOUT_S,
             .accept = "*/*"}};
    struct fetch_crowd crowd = {
        .requests = requests, .count = count, .take = take, .context = asking};
    return fetch_many(&crowd, err);
}

bool check_fetched(struct lint *lint, struct err *err)
{
    OWNED(free_asking) struct asking asking = {.lint = lint};
    gather(&asking);
    asking.again = MEM_NEW_ARRAY(struct asked, asking.count + 1);
    if (!ask(&asking, asking.items, asking.count, err))
        return false;
    asking.last = true;
    return ask(&asking, asking.again, asking.again_count, err);
}
