/* Corrects an article that went out, and drafts the issues that say so. */
#include "digest/issues/correct.h"

#include <string.h>

#include "digest/articles/article_store.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/newsletters/newsletter.h"
#include "digest/renderer/catalogue.h"

static bool read_note(const char *typed, struct strbuf *out, struct err *err)
{
    if (!typed || !*typed)
        return err_set(err, ERR_USAGE,
                       "say what was wrong, and what is right: a correction "
                       "needs a note");
    if (strlen(typed) > CORRECT_NOTE_MAX)
        return err_set(err, ERR_INPUT,
                       "the note has %zu bytes; %d are the most: say the rest "
                       "in the article itself",
                       strlen(typed), CORRECT_NOTE_MAX);
    utf8_clean_line(out, str_of(typed));
    return utf8_has_letter(strbuf_str(out)) ||
           err_set(err, ERR_INPUT,
                   "the note has no words: say what was wrong, and what is "
                   "right");
}

/* ---- an issue of its own ---- */

static const struct correction *find_one(const struct correction_list *list,
                                         int64_t id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].id == id)
            return &list->items[i];
    return NULL;
}

static bool make_draft(struct db *db, struct template_set *templates,
                       int64_t newsletter_id, const struct correction *c,
                       int64_t now, struct arena *arena, struct issue *out,
                       struct err *err)
{
    OWNED(catalogue_release) struct catalogue *words = NULL;
    OWNED(strbuf_free) struct strbuf subject = STRBUF_INIT;
    struct newsletter n;
    if (!newsletter_get_by_id(db, newsletter_id, arena, &n, err) ||
        !catalogue_new(templates, n.language, &words, err))
        return false;
    const struct catalogue_fill fills[] = {{"title", str_of(c->title)}};
    catalogue_add(words, "correction_subject", fills, ARRAY_SIZE(fills),
                  &subject);
    *out = (struct issue){
        .newsletter_id = n.id,
        .newsletter = n.slug,
        .subject = arena_copy_str(arena, strbuf_str(&subject)),
        .subject_is_edited = true, /* it follows no headline */
        .preheader = "",
        .intro = "",
        .window_from = now,
        .window_until = now,
        .drafted_at = now,
        .ways = "",
        .correction_id = c->id,
    };
    return issue_put(db, out, err);
}

static bool make_drafts(struct db *db, struct template_set *templates,
                        const struct correction *c, int64_t now,
                        struct arena *arena, struct correct_report *out,
                        struct err *err)
{
    int64_t *ids;
    size_t count;
    if (!correction_newsletters(db, c->id, arena, &ids, &count, err))
        return false;
    out->issues.items = ARENA_NEW_ARRAY(arena, struct issue, count);
    for (size_t i = 0; i < count; i++) {
        struct issue *issue = &out->issues.items[out->issues.count++];
        struct err none = {0};
        if (issue_find_correcting(db, ids[i], c->id, arena, issue, &none))
            continue;
        if (none.kind != ERR_NOT_FOUND) {
            *err = none;
            return false;
        }
        if (!make_draft(db, templates, ids[i], c, now, arena, issue, err))
            return false;
        out->made++;
    }
    return true;
}

bool correct_article(struct db *db, struct template_set *templates,
                     int64_t article_id, const char *note, bool send,
                     int64_t now, struct arena *arena,
                     struct correct_report *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf line = STRBUF_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct article article;
    struct correction_list list;
    *out = (struct correct_report){0};
    if (!read_note(note, &line, err) || !tx_begin(&tx, db, TX_DURABLE, err) ||
        !article_get(db, article_id, arena, &article, err) ||
        !correction_add(db, article_id, strbuf_text(&line), now, &out->id,
                        &out->is_new, err) ||
        !correction_find(db, article_id, arena, &list, err))
        return false;
    const struct correction *c = find_one(&list, out->id);
    return (!send || make_drafts(db, templates, c, now, arena, out, err)) &&
           correction_reach(db, out->id, arena, &out->reach, err) &&
           tx_commit(&tx, err);
}
