/* Shows a copy of an issue, or mails it to testers. */
#include <inttypes.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/delivery/conductor.h"
#include "digest/delivery/engine.h"
#include "digest/delivery/relays.h"
#include "digest/delivery/signing.h"
#include "digest/delivery/story_pages.h"
#include "digest/delivery/test_queue_internal.h"
#include "digest/delivery/variants_internal.h"
#include "digest/issues/draft.h"
#include "subscribers/consent/suppression.h"
#include "subscribers/roster/address.h"
#include "subscribers/roster/roster_store.h"

/* A copy to look at: rendered, and composed where that is asked for. */
struct copy {
    struct strbuf html, text;
    struct message *message;
};

static void free_copy(struct copy *copy)
{
    strbuf_free(&copy->html);
    strbuf_free(&copy->text);
    message_free(copy->message);
}

/* The reader that a copy is for. */
struct recipient {
    struct subscriber subscriber; /* id 0: nobody in particular */
    const char *email, *name, *categories;
    const char *language; /* "": the newsletter's */
};

static bool find_reader(const struct conductor *c,
                        const struct newsletter *newsletter, const char *email,
                        struct arena *arena, struct recipient *out,
                        struct err *err)
{
    *out = (struct recipient){
        .email = email ? email : "reader@example.org",
        .name = "",
        .categories = "",
        .language = "",
    };
    if (!email)
        return true;
    OWNED(address_free) struct address address = {0};
    if (!address_parse(str_of(email), &address, err))
        return false;
    if (!roster_get(c->db, strbuf_text(&address.key), arena, &out->subscriber,
                    err))
        return err->kind == ERR_NOT_FOUND
                   ? err_set(err, ERR_NOT_FOUND,
                             "%s: nobody with this address is on the list",
                             email) ||
                         err_remedy(err, REMEDY_SEE_ALL, NULL)
                   : false;
    out->email = out->subscriber.email;
    out->name = out->subscriber.name;
    out->language = out->subscriber.language;
    for (size_t i = 0; i < out->subscriber.subscription_count; i++)
        if (out->subscriber.subscriptions[i].newsletter_id == newsletter->id)
            out->categories = out->subscriber.subscriptions[i].categories;
    return true;
}

static bool nothing_chosen(const struct build *build, bool is_empty,
                           const char *who, struct err *err)
{
    if (is_empty)
        return err_set(err, ERR_NOT_FOUND,
                       "%s/%" PRId64 ": nothing is in it; add an article, or "
                       "draft it again",
                       build->issue->newsletter, build->issue->number);
    return err_set(err, ERR_NOT_FOUND,
                   "%s/%" PRId64 ": nothing in it is of the categories that "
                   "%s chose; they get no copy",
                   build->issue->newsletter, build->issue->number, who);
}

/* An issue that wasn't started is rendered as it stands now. */
static bool render_draft(const struct conductor *c, struct build *build,
                         const struct recipient *reader, struct copy *out,
                         struct arena *arena, struct err *err)
{
    OWNED(variants_free) struct variants variants = {0};
    struct issue_articles articles;
    size_t index;
    struct issue *current = ARENA_NEW(arena, struct issue);
    if (!issue_get_articles(c->db, build->issue->id, arena, &articles, err) ||
        !issue_name_pages(c->db, build->issue, build->newsletter, &articles,
                          arena, err))
        return false;
    struct block_list *blocks = ARENA_NEW(arena, struct block_list);
    if (!build_find_blocks(c->db, build->issue, build->newsletter, build->date,
                           arena, blocks, err))
        return false;
    build->blocks = blocks;
    struct correction_list *owed = ARENA_NEW(arena, struct correction_list);
    if (!build_find_owed(c->db, build->issue, build->date,
                         reader->subscriber.id, arena, owed, err))
        return false;
    build->corrections = owed;
    *current = *build->issue;
    if (!current->subject_is_edited && articles.count)
        current->subject =
            draft_subject(build->newsletter, &articles.items[0].article, arena);
    build->issue = current;
    if (!variants_for(&variants, build, &articles, reader->categories, &index,
                      err))
        return false;
    if (index == SIZE_MAX)
        return nothing_chosen(build, !articles.count, reader->email, err);
    strbuf_add_str(&out->html, strbuf_str(&variants.items[index].html));
    strbuf_add_str(&out->text, strbuf_str(&variants.items[index].text));
    return build_compose(build, strbuf_text(&out->html),
                         strbuf_text(&out->text), &out->message, err);
}

static bool load_sent(const struct conductor *c, const struct build *build,
                      const struct recipient *reader, struct copy *out,
                      struct arena *arena, struct err *err)
{
    struct ledger_copy copy;
    if (!ledger_copy(c->db, build->issue->id, reader->subscriber.id, arena,
                     &copy, err))
        return err->kind == ERR_NOT_FOUND && reader->subscriber.id
                   ? err_set(err, ERR_NOT_FOUND,
                             "%s/%" PRId64 ": %s has no copy of it",
                             build->issue->newsletter, build->issue->number,
                             reader->email)
                   : false;
    strbuf_add_str(&out->html, copy.html);
    strbuf_add_str(&out->text, copy.text);
    return message_load(copy.message, &out->message, err);
}

/* The build's issue may then live in the arena. */
static bool make_copy(const struct conductor *c, struct build *build,
                      const struct recipient *reader, struct copy *out,
                      struct arena *arena, struct err *err)
{
    return build->issue->started_at
               ? load_sent(c, build, reader, out, arena, err)
               : render_draft(c, build, reader, out, arena, err);
}

static bool start_build(const struct conductor *c, const struct issue *issue,
                        const struct newsletter *newsletter,
                        struct arena *arena, struct build *out, struct err *err)
{
    int64_t now = c->now ? c->now : clock_now();
    struct text_list *texts = ARENA_NEW(arena, struct text_list);
    if (!build_find_texts(c->db, issue, arena, texts, err))
        return false;
    *out = (struct build){
        .conf = c->conf,
        .templates = c->templates,
        .keys = c->keys,
        .newsletter = newsletter,
        .issue = issue,
        .date = issue->started_at ? issue->started_at : now,
        .texts = texts,
        .is_preview = true,
    };
    return build_begin(out, err);
}

static bool show(const struct conductor *c, const struct issue *issue,
                 enum show_as as, const struct newsletter *newsletter,
                 const struct recipient *reader, struct strbuf *out,
                 struct arena *arena, struct err *err)
{
    OWNED(free_copy) struct copy copy = {0};
    OWNED(build_values_free) struct build_values values = {0};
    OWNED(build_end) struct build build = {0};
    if (!start_build(c, issue, newsletter, arena, &build, err) ||
        !build_voice(&build, reader->language, &build.voice, err) ||
        !make_copy(c, &build, reader, &copy, arena, err))
        return false;
    struct build_recipient to = {.email = str_of(reader->email),
                                 .name = str_of(reader->name)};
    build_fill(&build, &to, &values);
    if (as == SHOW_EML)
        return build_splice(copy.message, &to, &values, out, err);
    const struct strbuf *part = as == SHOW_HTML ? &copy.html : &copy.text;
    build_fill_text(strbuf_str(part), as == SHOW_HTML, &values, out);
    return true;
}

bool conductor_show(const struct conductor *c, const struct issue *issue,
                    enum show_as as, const char *email, struct strbuf *out,
                    struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct newsletter newsletter;
    struct recipient reader;
    return newsletter_get_by_id(c->db, issue->newsletter_id, &arena,
                                &newsletter, err) &&
           find_reader(c, &newsletter, email, &arena, &reader, err) &&
           show(c, issue, as, &newsletter, &reader, out, &arena, err);
}

bool conductor_show_in(const struct conductor *c, const struct issue *issue,
                       const char *language, struct strbuf *out,
                       struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct newsletter newsletter;
    struct recipient reader;
    if (!newsletter_get_by_id(c->db, issue->newsletter_id, &arena, &newsletter,
                              err) ||
        !find_reader(c, &newsletter, NULL, &arena, &reader, err))
        return false;
    reader.language = language;
    return show(c, issue, SHOW_EML, &newsletter, &reader, out, &arena, err);
}

/* ---- test copies ---- */

static bool carry_tests(const struct conductor *c, struct test_queue *tests,
                        const struct signing *signing, struct err *err)
{
    OWNED(relays_free) struct relays relays = {0};
    struct engine_report report;
    struct delivery_queue queue = test_queue_open(tests);
    if (!relays_make(c->conf, &relays, err))
        return false;
    struct engine_options options = {
        .db = c->db,
        .relays = relays.items,
        .relay_count = relays.count,
        .pace_rate = c->conf->pace_rate,
        .pace_connections = (unsigned)c->conf->pace_connections,
        .signing = signing,
        .signed_at = c->now ? c->now : clock_now(),
        .now = c->now,
    };
    if (!engine_run(&options, &queue, NULL, &report, NULL, err))
        return false;
    if (tests->failed.kind)
        *err = tests->failed;
    return !tests->failed.kind;
}

/* Whether an address has left this newsletter, one way or another. */
static bool has_left(const struct conductor *c, const struct issue *issue,
                     const char *email_key, bool *left, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct subscriber person;
    struct roster_state state;
    struct err why = {0};
    *left = false;
    if (!roster_get(c->db, email_key, &arena, &person, &why)) {
        if (why.kind != ERR_NOT_FOUND)
            *err = why;
        return why.kind == ERR_NOT_FOUND;
    }
    if (!roster_get_state(c->db, issue->newsletter_id, person.id, &state, err))
        return false;
    *left = state.exists && (state.state == SUBSCRIPTION_UNSUBSCRIBED ||
                             state.state == SUBSCRIPTION_BOUNCED ||
                             state.state == SUBSCRIPTION_COMPLAINED);
    return true;
}

static bool check_tester(const struct conductor *c, const struct issue *issue,
                         const char *email, struct err *err)
{
    OWNED(address_free) struct address address = {0};
    enum suppression_kind kind;
    bool left;
    if (!address_parse(str_of(email), &address, err))
        return false;
    const char *key = strbuf_text(&address.key);
    if (!suppression_of(c->db, key, c->keys, &kind, err) ||
        !has_left(c, issue, key, &left, err))
        return false;
    if (kind == SUPPRESSION_FULL)
        return err_set(err, ERR_CONFLICT,
                       "%.254s is suppressed, and never mailed; nothing was "
                       "sent",
                       email);
    return ((kind == SUPPRESSION_NONE || kind == SUPPRESSION_MOVED) && !left) ||
           err_set(err, ERR_CONFLICT,
                   "%.254s has left %s, and gets no copy of it; nothing was "
                   "sent",
                   email, issue->newsletter);
}

/* A copy to somebody who must not be mailed is a mail like any other. All are
 * looked at before the first is sent. */
static bool check_testers(const struct conductor *c, const struct issue *issue,
                          const char *const *emails, size_t count,
                          struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!check_tester(c, issue, emails[i], err))
            return false;
    return true;
}

bool conductor_test(const struct conductor *c, const struct issue *issue,
                    const char *const *emails, size_t count, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(free_copy) struct copy copy = {0};
    OWNED(build_end) struct build build = {0};
    OWNED(signing_free) struct signing signing = {0};
    struct newsletter newsletter;
    struct recipient nobody;
    if (!check_testers(c, issue, emails, count, err) ||
        !newsletter_get_by_id(c->db, issue->newsletter_id, &arena, &newsletter,
                              err) ||
        !find_reader(c, &newsletter, NULL, &arena, &nobody, err) ||
        !start_build(c, issue, &newsletter, &arena, &build, err) ||
        !make_copy(c, &build, &nobody, &copy, &arena, err) ||
        !signing_load(c->conf->dkim, c->conf->dkim_count,
                      newsletter.from_address, signing_complaints_to(c->conf),
                      &signing, err))
        return false;
    struct test_queue tests = {.build = &build,
                               .message = copy.message,
                               .emails = emails,
                               .count = count};
    return carry_tests(c, &tests, &signing, err);
}
