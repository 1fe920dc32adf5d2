#include "subscribers/consent/import_columns.h"

#include <string.h>

#include "digest/base/mem.h"
#include "subscribers/consent/import_shapes.h"

enum { NOWHERE = -1, WORD_MAX = 48 };

/* ---- names ---- */

/* Without spaces, - and _; without case by the comparison. */
static struct str plain(struct str text, char room[WORD_MAX])
{
    size_t length = 0;
    for (size_t i = 0; i < text.len && length < WORD_MAX; i++)
        if (!strchr(" -_\t", text.ptr[i]))
            room[length++] = text.ptr[i];
    return (struct str){room, length};
}

static bool is_word(struct str text, const char *word)
{
    struct str wanted = str_of(word);
    if (!str_ends(wanted, STR("*")))
        return str_equal_nocase(text, wanted);
    return str_starts_nocase(text, (struct str){wanted.ptr, wanted.len - 1});
}

static int find_heading(const struct csv_row *row, const char *heading)
{
    char room[WORD_MAX];
    for (size_t i = 0; i < row->count; i++)
        if (str_equal_nocase(plain(row->fields[i], room), str_of(heading)))
            return (int)i;
    return NOWHERE;
}

static const char *const fields[IMPORT_FIELD_COUNT] = {
    [FIELD_EMAIL] = "email",
    [FIELD_NAME] = "name",
    [FIELD_FIRST_NAME] = "first_name",
    [FIELD_LAST_NAME] = "last_name",
    [FIELD_STATE] = "state",
    [FIELD_STATE_TOO] = "state_too",
    [FIELD_LEFT] = "unsubscribed",
    [FIELD_CATEGORIES] = "categories",
    [FIELD_TAGS] = "tags",
    [FIELD_LANGUAGE] = "language",
    [FIELD_TIMEZONE] = "timezone",
    [FIELD_NEWSLETTER] = "newsletter",
    [FIELD_SINCE] = "since",
    [FIELD_CREATED] = "created",
    [FIELD_CLIENT] = "client",
};

bool import_field_find(struct str name, enum import_field *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
        if (str_equal(name, str_of(fields[i]))) {
            *out = (enum import_field)i;
            return true;
        }
    return false;
}

/* At the last =, since a heading may hold one. */
bool import_map_parse(const char *text, struct import_map *out, struct err *err)
{
    const char *mark = strrchr(text, '=');
    enum import_field field;
    if (!mark)
        return err_set(err, ERR_USAGE,
                       "--map \"%.60s\": write 'their column=email'", text);
    struct str name = str_trim(str_of(mark + 1));
    out->column = str_trim((struct str){text, (size_t)(mark - text)});
    out->field = IMPORT_FIELD_COUNT;
    if (name.len == 0)
        return true;
    if (!import_field_find(name, &field))
        return err_set(err, ERR_USAGE,
                       "--map \"%.60s\": there is no field \"%.*s\"; there are "
                       "email, name, first_name, last_name, state, "
                       "categories, language, timezone",
                       text, STR_ARG(name));
    out->field = (int)field;
    return true;
}

/* ---- the first row ---- */

static bool fits(const struct import_shape *shape, const struct csv_row *row)
{
    for (size_t i = 0; i < ARRAY_SIZE(shape->signature); i++)
        if (shape->signature[i] &&
            find_heading(row, shape->signature[i]) == NOWHERE)
            return false;
    return true;
}

static const struct import_shape *find_shape(const struct csv_row *row)
{
    const struct import_shape *shape = import_shapes;
    while (shape->tool && !fits(shape, row))
        shape++;
    return shape->tool ? shape : &import_any_shape;
}

static void place(struct import_columns *columns, const struct csv_row *row,
                  const struct import_heading *headings, size_t most)
{
    for (size_t i = 0; i < most && headings[i].heading; i++) {
        int *at = &columns->places[headings[i].field];
        if (*at == NOWHERE)
            *at = find_heading(row, headings[i].heading);
    }
}

static bool fail_heading(const struct csv_row *row, const char *name,
                         struct str wanted, struct err *err)
{
    OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
    for (size_t i = 0; i < row->count && i < 12; i++)
        strbuf_add_format(&names, "%s\"%.*s\"", i ? ", " : "",
                          STR_ARG(row->fields[i]));
    return err_set(err, ERR_INPUT,
                   "%s:%u: no column is named \"%.*s\"; the first row names "
                   "%s%s",
                   name, row->line, STR_ARG(wanted), strbuf_text(&names),
                   str_equal(wanted, STR("email"))
                       ? "; if one of them holds the addresses, give --map "
                         "'COLUMN=email'"
                       : "");
}

static bool place_map(struct import_columns *columns, const struct csv_row *row,
                      const char *name, const struct import_map *map,
                      struct err *err)
{
    int at = NOWHERE;
    for (size_t i = 0; i < row->count && at == NOWHERE; i++)
        if (str_equal_nocase(str_trim(row->fields[i]), map->column))
            at = (int)i;
    if (at == NOWHERE)
        return fail_heading(row, name, map->column, err);
    for (size_t i = 0; i < IMPORT_FIELD_COUNT; i++)
        if (columns->places[i] == at)
            columns->places[i] = NOWHERE;
    if (map->field < IMPORT_FIELD_COUNT)
        columns->places[map->field] = at;
    return true;
}

bool import_columns_find(struct import_columns *columns,
                         const struct csv_row *row, const char *name,
                         const struct import_map *maps, size_t map_count,
                         struct err *err)
{
    columns->shape = find_shape(row);
    for (size_t i = 0; i < IMPORT_FIELD_COUNT; i++)
        columns->places[i] = NOWHERE;
    place(columns, row, columns->shape->columns,
          ARRAY_SIZE(columns->shape->columns));
    place(columns, row, import_headings, SIZE_MAX);
    for (size_t i = 0; i < map_count; i++)
        if (!place_map(columns, row, name, &maps[i], err))
            return false;
    return columns->places[FIELD_EMAIL] != NOWHERE ||
           fail_heading(row, name, STR("email"), err);
}

const char *import_columns_tool(const struct import_columns *columns)
{
    return columns->shape->tool;
}

/* ---- rows ---- */

struct str import_columns_cell(const struct import_columns *columns,
                               const struct csv_row *row,
                               enum import_field field)
{
    int at = columns->places[field];
    return at >= 0 && (size_t)at < row->count ? row->fields[at] : STR("");
}

static int find_word(const struct import_word *words, struct str text)
{
    char room[WORD_MAX];
    struct str word = plain(text, room);
    for (; words && words->word; words++)
        if (is_word(word, words->word))
            return words->state;
    return IMPORT_UNKNOWN;
}

static int state_of(const struct import_shape *shape, struct str text,
                    struct err *why)
{
    text = str_trim(text);
    int state = text.len ? find_word(shape->words, text) : shape->presumed;
    if (state == IMPORT_UNKNOWN && text.len)
        state = find_word(import_words, text);
    if (state != IMPORT_UNKNOWN)
        return state;
    if (text.len == 0)
        err_set(why, ERR_INPUT, "it doesn't say whether they are subscribed");
    else
        err_set(why, ERR_INPUT,
                "\"%.*s\" is no state that we know; write active, pending, "
                "unsubscribed, bounced or complained, or pass over the column "
                "with --map 'COLUMN='",
                (int)(text.len < 60 ? text.len : 60), text.ptr);
    return IMPORT_UNKNOWN;
}

/* From the one who reads to the one who must never be written to. */
static const int severity[] = {
    [SUBSCRIPTION_ACTIVE] = 0,
    [SUBSCRIPTION_PENDING] = 1,
    [SUBSCRIPTION_UNSUBSCRIBED] = 2,
    [SUBSCRIPTION_BOUNCED] = 3,
    [IMPORT_BLOCKED] = 4,
    [SUBSCRIPTION_COMPLAINED] = 5,
    [IMPORT_UNKNOWN] = 6,
};

/* A date, or a yes. */
static bool has_left(const struct import_columns *columns,
                     const struct csv_row *row)
{
    static const char *const noes[] = {"", "0", "no", "false", "n", "null"};
    struct str cell = str_trim(import_columns_cell(columns, row, FIELD_LEFT));
    for (size_t i = 0; i < ARRAY_SIZE(noes); i++)
        if (str_equal_nocase(cell, str_of(noes[i])))
            return false;
    return true;
}

int import_columns_state(const struct import_columns *columns,
                         const struct csv_row *row, struct err *why)
{
    int state = state_of(columns->shape,
                         import_columns_cell(columns, row, FIELD_STATE), why);
    if (state < SUBSCRIPTION_UNSUBSCRIBED && has_left(columns, row))
        state = SUBSCRIPTION_UNSUBSCRIBED;
    struct str other = import_columns_cell(columns, row, FIELD_STATE_TOO);
    if (str_trim(other).len == 0)
        return state;
    int worse = state_of(columns->shape, other, why);
    return severity[worse] > severity[state] ? worse : state;
}
