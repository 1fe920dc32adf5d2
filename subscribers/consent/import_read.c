/* Reads one row of a list: its address, name, times and states. */
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/utf8.h"
#include "subscribers/consent/apply_internal.h"
#include "subscribers/consent/import_cell_internal.h"
#include "subscribers/consent/import_run_internal.h"
#include "subscribers/roster/csv_write.h"
#include "subscribers/roster/name_words.h"

enum { SHORT_MAX = 64, CLIENT_MAX = 45, CATEGORIES_MAX = 4096 }; /* bytes */

void import_reader_free(struct import_reader *reader)
{
    address_free(&reader->address);
    strbuf_free(&reader->beside);
    strbuf_free(&reader->name);
    strbuf_free(&reader->language);
    strbuf_free(&reader->timezone);
    strbuf_free(&reader->categories);
    strbuf_free(&reader->client);
    strbuf_free(&reader->note);
    strbuf_free(&reader->slug);
}

bool import_reader_begin(struct import_reader *reader, struct csv *csv,
                         struct csv_row *row, struct err *err)
{
    const struct subscriber_import_options *options = reader->options;
    if (!import_columns_read(&reader->columns, csv, options->maps,
                             options->map_count, row, err))
        return false;
    if (!options->newsletter_id && reader->columns.places[FIELD_NEWSLETTER] < 0)
        return err_set(err, ERR_USAGE, "%s: no column says which newsletter",
                       csv_name(csv));
    if (reader->report->begin)
        reader->report->begin(reader->report->context, row, &reader->columns);
    return true;
}

static struct str cell(const struct import_reader *reader,
                       const struct csv_row *row, enum import_field field)
{
    return import_columns_cell(&reader->columns, row, field);
}

/* ---- texts ---- */

/* Whether a name holds a part of it already, as a word: "Ada Lovelace" both
 * "Ada" and "lovelace". */
static bool holds_words(struct str name, struct str part)
{
    OWNED(strbuf_free) struct strbuf all = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf some = STRBUF_INIT;
    strbuf_add_char(&all, '\n');
    strbuf_add_char(&some, '\n');
    name_words(name, &all);
    name_words(part, &some);
    return str_find_str(strbuf_str(&all), strbuf_str(&some)) < all.len;
}

/* Han, kana and hangul names begin with the family's, without a space. */
static bool is_written_together(struct str text)
{
    size_t at = 0;
    unsigned c = text.len ? utf8_next(text, &at) : 0;
    return (c >= 0x3040 && c < 0xa000) || (c >= 0xac00 && c < 0xd7b0);
}

static void join_names(struct strbuf *out, struct str first, struct str last)
{
    OWNED(strbuf_free) struct strbuf both = STRBUF_INIT;
    bool together = is_written_together(first) && is_written_together(last);
    strbuf_add_str(&both, together ? last : first);
    if (!together)
        strbuf_add_char(&both, ' ');
    strbuf_add_str(&both, together ? first : last);
    consent_clean_name(out, strbuf_str(&both));
}

/* Reads a name. Beside a column of first names alone, or of last names, one
 * that is called "name" may hold the other half. */
static void read_name(struct import_reader *reader, const struct csv_row *row)
{
    struct str name = str_trim(csv_text(cell(reader, row, FIELD_NAME)));
    struct str first = str_trim(csv_text(cell(reader, row, FIELD_FIRST_NAME)));
    struct str last = str_trim(csv_text(cell(reader, row, FIELD_LAST_NAME)));
    const int *places = reader->columns.places;
    strbuf_cut(&reader->name, 0);
    if (name.len && places[FIELD_LAST_NAME] < 0 && first.len &&
        !holds_words(name, first))
        join_names(&reader->name, first, name);
    else if (name.len && places[FIELD_FIRST_NAME] < 0 && last.len &&
             !holds_words(name, last))
        join_names(&reader->name, name, last);
    else if (name.len)
        consent_clean_name(&reader->name, name);
    else if (first.len || last.len)
        join_names(&reader->name, first, last);
    else
        consent_clean_name(&reader->name, strbuf_str(&reader->beside));
}

/* A language tag, a time zone's name, an IP address: anything that can't be
 * one of these is left out. */
static void read_short(const struct import_reader *reader,
                       const struct csv_row *row, enum import_field field,
                       size_t most, const char *marks, struct strbuf *out)
{
    strbuf_cut(out, 0);
    struct str text = str_trim(cell(reader, row, field));
    if (text.len > most)
        return;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c >= '0' && c <= '9');
        if (!plain && (!c || !strchr(marks, c)))
            return;
    }
    strbuf_add_str(out, text);
}

static bool holds_line(const char *lines, struct str wanted)
{
    struct str rest = str_of(lines), line;
    while (str_next_line(&rest, &line))
        if (str_equal_nocase(line, wanted))
            return true;
    return false;
}

/* The next of the names in a cell, which is a row in itself: with commas
 * between, and quotes around a name that holds one. */
static bool next_name(struct str *rest, struct strbuf *out)
{
    bool quoted = false;
    size_t i = 0;
    if (rest->len == 0)
        return false;
    strbuf_cut(out, 0);
    for (; i < rest->len; i++) {
        char c = rest->ptr[i];
        if (c == '"' && quoted && i + 1 < rest->len && rest->ptr[i + 1] == '"')
            strbuf_add_char(out, rest->ptr[i++]);
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == ',' || c == '\n'))
            break;
        else
            strbuf_add_char(out, c == '\n' || c == '\r' ? ' ' : c);
    }
    *rest = str_from(*rest, i + 1);
    return true;
}

static void add_names(struct strbuf *out, struct str text, const char *known)
{
    OWNED(strbuf_free) struct strbuf raw = STRBUF_INIT;
    while (out->len <= CATEGORIES_MAX && next_name(&text, &raw)) {
        struct str name = str_trim(strbuf_str(&raw));
        if (!name.len || (known && !holds_line(known, name)) ||
            holds_line(strbuf_text(out), name))
            continue;
        if (out->len)
            strbuf_add_char(out, '\n');
        strbuf_add_str(out, name);
    }
}

/* Reads the categories that a person chose. The publisher's own tags aren't
 * among them, unless one is called the same. */
static void read_categories(struct import_reader *reader,
                            const struct csv_row *row)
{
    const char *known = reader->options->categories;
    strbuf_cut(&reader->categories, 0);
    add_names(&reader->categories,
              csv_text(cell(reader, row, FIELD_CATEGORIES)), NULL);
    if (known)
        add_names(&reader->categories, cell(reader, row, FIELD_TAGS), known);
}

static void read_texts(struct import_reader *reader, const struct csv_row *row)
{
    read_name(reader, row);
    read_categories(reader, row);
    read_short(reader, row, FIELD_LANGUAGE, SHORT_MAX, "-_", &reader->language);
    read_short(reader, row, FIELD_TIMEZONE, SHORT_MAX, "/_+-",
               &reader->timezone);
    read_short(reader, row, FIELD_CLIENT, CLIENT_MAX, ".:", &reader->client);
}

/* ---- times ---- */

/* False where there is none, or one that can't be. */
static bool read_time(const struct import_reader *reader,
                      const struct csv_row *row, enum import_field field,
                      int64_t *out)
{
    struct str text = str_trim(cell(reader, row, field));
    return text.len && time_parse_rfc3339(text, out) && *out > 0 &&
           *out <= reader->options->now;
}

/* Reads the times of a row. Where the list doesn't say since when they stand
 * so, someone who reads has done so since they came. */
static void read_times(struct import_reader *reader, const struct csv_row *row,
                       struct import_row *out)
{
    char text[TIME_TEXT_SIZE];
    const char *tool = import_columns_tool(&reader->columns);
    bool came = read_time(reader, row, FIELD_CREATED, &out->created);
    bool began = read_time(reader, row, FIELD_SINCE, &out->since);
    if (!came)
        out->created = reader->options->now;
    if (!began)
        out->since = out->state == SUBSCRIPTION_ACTIVE ? out->created
                                                       : reader->options->now;
    strbuf_cut(&reader->note, 0);
    if (*tool)
        strbuf_add_format(
            &reader->note, "from %s%s%s", tool,
            came || began ? ", there since " : "",
            came || began
                ? time_rfc3339(began ? out->since : out->created, text)
                : "");
}

/* ---- the newsletter ---- */

static bool read_newsletter(struct import_reader *reader,
                            const struct csv_row *row, int64_t *id,
                            struct err *err)
{
    *id = reader->options->newsletter_id;
    if (*id)
        return true;
    struct str slug = str_trim(cell(reader, row, FIELD_NEWSLETTER));
    if (!slug.len || !str_equal(slug, strbuf_str(&reader->slug))) {
        strbuf_cut(&reader->slug, 0);
        strbuf_add_str(&reader->slug, slug);
        if (!import_store_newsletter(reader->db, slug, &reader->slug_id, err))
            return false;
    }
    *id = reader->slug_id;
    return true;
}

/* ---- the row ---- */

static void reject(struct import_reader *reader, const struct csv_row *row,
                   const char *why)
{
    reader->report->rejected++;
    if (reader->report->tell)
        reader->report->tell(reader->report->context, row, why);
}

static void remark(struct import_reader *reader, const struct csv_row *row,
                   enum import_remark what, const char *meant)
{
    reader->report->remarks[what]++;
    if (reader->report->remark)
        reader->report->remark(reader->report->context, row, what,
                               strbuf_text(&reader->address.email), meant);
}

static struct import_domain judge(const struct import_reader *reader,
                                  struct str domain)
{
    const struct address_list *list = reader->options->disposables;
    return (struct import_domain){
        .meant = address_typo(&reader->address),
        .disposable = list && address_list_has_domain(list, domain),
    };
}

/* FNV-1a. */
static size_t domain_slot(struct str domain)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < domain.len; i++)
        hash = (hash ^ (unsigned char)domain.ptr[i]) * 16777619u;
    return hash % DOMAIN_CACHE;
}

static struct import_domain look_at_domain(struct import_reader *reader,
                                           struct str domain)
{
    if (domain.len >= DOMAIN_ROOM)
        return judge(reader, domain);
    struct import_domain *known = &reader->domains[domain_slot(domain)];
    if (!str_equal(str_of(known->name), domain)) {
        *known = judge(reader, domain);
        memcpy(known->name, domain.ptr, domain.len);
    }
    return *known;
}

static void look_at_address(struct import_reader *reader,
                            const struct csv_row *row)
{
    const struct address_list *roles = reader->options->roles;
    struct str key = strbuf_str(&reader->address.key);
    struct str domain = address_domain(key);
    struct import_domain host = look_at_domain(reader, domain);
    if (host.meant)
        remark(reader, row, REMARK_TYPO, host.meant);
    if (roles && address_list_has(
                     roles, (struct str){key.ptr, key.len - domain.len - 1}))
        remark(reader, row, REMARK_ROLE, "");
    if (host.disposable)
        remark(reader, row, REMARK_DISPOSABLE, "");
}

static bool is_row_empty(const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (str_trim(row->fields[i]).len)
            return false;
    return true;
}

static bool understand(struct import_reader *reader, const struct csv_row *row,
                       struct import_row *out, struct err *why)
{
    struct str text = import_cell_address(
        csv_text(str_trim(cell(reader, row, FIELD_EMAIL))), &reader->beside);
    if (!address_parse(text, &reader->address, why))
        return false;
    out->state = import_columns_state(&reader->columns, row, why);
    if (out->state == IMPORT_UNKNOWN)
        return false;
    if (out->state == SUBSCRIPTION_ACTIVE && reader->options->pending)
        out->state = SUBSCRIPTION_PENDING;
    return true;
}

bool import_reader_row(struct import_reader *reader, const struct csv_row *row,
                       struct import_row *out, bool *good, struct err *err)
{
    struct err why = {0};
    *good = false;
    if (row->problem) {
        reject(reader, row, row->problem);
        return true;
    }
    if (is_row_empty(row))
        return true;
    *out = (struct import_row){.line = row->line};
    if (!understand(reader, row, out, &why)) {
        reject(reader, row, why.text);
        return true;
    }
    if (!read_newsletter(reader, row, &out->newsletter_id, err))
        return false;
    if (!out->newsletter_id) {
        err_set(&why, ERR_INPUT,
                "there is no newsletter \"%.60s\"; create it first, or choose "
                "one for the whole list",
                strbuf_text(&reader->slug));
        reject(reader, row, why.text);
        return true;
    }
    read_texts(reader, row);
    if (reader->categories.len > CATEGORIES_MAX) {
        reject(reader, row, "it has too many categories");
        return true;
    }
    read_times(reader, row, out);
    look_at_address(reader, row);
    out->key = strbuf_text(&reader->address.key);
    out->email = strbuf_text(&reader->address.email);
    out->name = strbuf_text(&reader->name);
    out->language = strbuf_text(&reader->language);
    out->timezone = strbuf_text(&reader->timezone);
    out->categories = strbuf_text(&reader->categories);
    out->client = strbuf_text(&reader->client);
    out->note = strbuf_text(&reader->note);
    *good = true;
    return true;
}
