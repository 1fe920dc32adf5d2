/* Writes subscribers as CSV, page by page. */
#include "subscribers/consent/subscriber_export.h"

#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "subscribers/roster/csv_write.h"
#include "subscribers/roster/roster_store.h"

enum { PAGE = 1000 }; /* people read at once */

static const char heading[] = "email,name,language,timezone,newsletter,state,"
                              "categories,since,created\n";

static void write_time(struct strbuf *out, int64_t at, char end)
{
    char text[TIME_TEXT_SIZE];
    csv_write(out, str_of(time_rfc3339(at, text)), end);
}

/* A cell of names is a row in itself; it is read back the same way. */
static void write_categories(struct strbuf *out, const char *categories)
{
    OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
    struct str rest = str_of(categories), name;
    while (str_next_line(&rest, &name))
        csv_write(&names, name, ',');
    csv_write_text(
        out, (struct str){strbuf_text(&names), names.len ? names.len - 1 : 0},
        ',');
}

static void write_row(struct strbuf *out, const struct subscriber *s,
                      const struct subscription *u)
{
    csv_write_text(out, str_of(s->email), ',');
    csv_write_text(out, str_of(s->name), ',');
    csv_write_text(out, str_of(s->language), ',');
    csv_write_text(out, str_of(s->timezone), ',');
    csv_write(out, str_of(u->newsletter), ',');
    csv_write(out, str_of(subscription_state_name(u->state)), ',');
    write_categories(out, u->categories);
    write_time(out, u->since, ',');
    write_time(out, s->created_at, '\n');
}

static size_t write_page(struct strbuf *out, const struct roster_list *page,
                         const char *newsletter)
{
    size_t count = 0;
    for (size_t i = 0; i < page->count; i++) {
        const struct subscriber *s = &page->items[i];
        for (size_t j = 0; j < s->subscription_count; j++) {
            const struct subscription *u = &s->subscriptions[j];
            if (newsletter && strcmp(newsletter, u->newsletter) != 0)
                continue;
            write_row(out, s, u);
            count++;
        }
    }
    return count;
}

bool subscriber_export(struct db *db, const char *newsletter,
                       const struct subscriber_export_to *to, size_t *count,
                       struct err *err)
{
    struct roster_query query = {.newsletter = newsletter, .limit = PAGE};
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    *count = 0;
    if (!tx_begin(&tx, db, TX_READ, err))
        return false;
    strbuf_add_text(&text, heading);
    for (bool more = true; more;) {
        OWNED(arena_free) struct arena page_arena = ARENA_INIT;
        struct roster_list page;
        if (!roster_find(db, &query, &page_arena, &page, err))
            return false;
        *count += write_page(&text, &page, newsletter);
        more = page.count == PAGE;
        if (more)
            query.after_id = page.items[page.count - 1].id;
        if (!to->put(to->context, strbuf_str(&text), err))
            return false;
        strbuf_cut(&text, 0);
    }
    return tx_commit(&tx, err);
}
