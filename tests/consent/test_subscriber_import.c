#include <unistd.h>

#include "digest/base/file.h"
#include "subscribers/consent/edit.h"
#include "subscribers/consent/subscriber_export.h"
#include "subscribers/consent/subscriber_import.h"
#include "tests/support/house.h"

static struct db *db;
static struct arena arena;
static struct err err;
static struct strbuf told;

static int begin(void **state)
{
    (void)state;
    err = (struct err){0};
    db = house_db();
    house_newsletter(db, "weekly");
    return 0;
}

static int end(void **state)
{
    (void)state;
    strbuf_free(&told);
    arena_free(&arena);
    db_release(&db);
    return 0;
}

static void tell(void *context, const struct csv_row *row, const char *why)
{
    (void)context;
    strbuf_add_format(&told, "%u %s\n", row->line, why);
}

static const struct subscriber_import_options plain = {.newsletter_id = 1,
                                                       .now = 50};

static struct subscriber_import_report
import_with(const char *text, const struct subscriber_import_options *options)
{
    struct subscriber_import_report report = {.tell = tell};
    if (!subscriber_import_text(db, str_of(text), "list.csv", options, &report,
                                &err))
        fail_msg("%s", err.text);
    return report;
}

static struct subscriber_import_report import(const char *text)
{
    return import_with(text, &plain);
}

static int64_t subscribers(void)
{
    int64_t n = -1;
    assert_true(
        stmt_one_int(db_stmt(db, "SELECT count(*) FROM subscriber"), &n, &err));
    return n;
}

static void columns_are_found_by_their_names(void **state)
{
    (void)state;
    struct subscriber s;
    struct subscriber_import_report r =
        import("Rank;Name;E-Mail;Id\nx;Žofie;zofie@example.org;9\n"
               "y;;b@example.org\n");
    assert_int_equal(r.added, 2);
    assert_true(roster_get(db, "zofie@example.org", &arena, &s, &err));
    assert_string_equal(s.name, "Žofie");
    assert_int_equal(s.subscriptions[0].state, SUBSCRIPTION_ACTIVE);
    assert_int_equal(s.created_at, 50);
}

static void first_and_last_name_become_one(void **state)
{
    (void)state;
    struct subscriber s;
    import("Email Address,First Name,Last Name\n"
           "a@example.org,Ada,Lovelace\nb@example.org,,Byron\n");
    assert_true(roster_get(db, "a@example.org", &arena, &s, &err));
    assert_string_equal(s.name, "Ada Lovelace");
    assert_true(roster_get(db, "b@example.org", &arena, &s, &err));
    assert_string_equal(s.name, "Byron");
}

/* The name of the one whose address it is; in the arena. */
static const char *name_of(const char *email)
{
    struct subscriber s;
    if (!roster_get(db, email, &arena, &s, &err))
        fail_msg("%s", err.text);
    return s.name;
}

static void headings_are_known_in_many_languages(void **state)
{
    (void)state;
    static const struct {
        const char *email, *name, *first, *last;
    } lists[] = {
        {"E-mail ID", "Full name", "Given name", "Surname"},
        {"E-MAIL-ADRESSE", "Vor- und Nachname", "Vorname", "Nachname"},
        {"ADRESSE ÉLECTRONIQUE", "Nom complet", "Prenom", "Nom de famille"},
        {"Correo electronico", "Nombre completo", "Nombres", "Apellidos"},
        {"Indirizzo e-mail", "Nome e cognome", "Nome proprio", "Cognome"},
        {"Endereço de e-mail", "Nome completo", "Primeiro nome", "Sobrenome"},
        {"E-mailadres", "Volledige naam", "Voornaam", "Achternaam"},
        {"البريد الالكتروني", "الاسم الكامل", "الاسم الأول", "اسم العائلة"},
        {"ই-মেইল", "পুরো নাম", "প্রথম নাম", "পদবি"},
        {"电子邮箱", "姓名", "名字", "姓氏"},
        {"電子郵件地址", "姓名", "名", "姓"},
        {"Adresse", "Nom", "Prénom", "Nom de famille"},
        {"E-mail 1 - Value", "Name", "First Name", "Last Name"},
        {"Email Address [Required]", "Nickname", "First Name [Required]",
         "Last Name [Required]"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        const char *one = arena_format(&arena, "one%zu@example.org", i);
        const char *two = arena_format(&arena, "two%zu@example.org", i);
        import(arena_format(&arena, "%s;x;%s\n%s;;Ada L\n", lists[i].email,
                            lists[i].name, one));
        import(arena_format(&arena, "%s;%s;%s\nLovelace;Ada;%s\n",
                            lists[i].last, lists[i].first, lists[i].email,
                            two));
        assert_string_equal(name_of(one), "Ada L");
        assert_string_equal(name_of(two), "Ada Lovelace");
    }
}

/* "Name" beside first names is a last name, unless it holds both. */
static void a_name_beside_its_half_is_the_other_half(void **state)
{
    (void)state;
    import("Name,Vorname,Email\nLovelace,Ada,a@example.org\n"
           "Ada Lovelace,Ada,b@example.org\n,Ada,c@example.org\n"
           "Adams,Ada,d@example.org\n");
    import("Nombre,Apellidos,Email\nAda,Lovelace,e@example.org\n");
    import("姓,名,邮箱\n山田,太郎,f@example.org\n");
    assert_string_equal(name_of("a@example.org"), "Ada Lovelace");
    assert_string_equal(name_of("b@example.org"), "Ada Lovelace");
    assert_string_equal(name_of("c@example.org"), "Ada");
    assert_string_equal(name_of("d@example.org"), "Ada Adams");
    assert_string_equal(name_of("e@example.org"), "Ada Lovelace");
    assert_string_equal(name_of("f@example.org"), "山田太郎");
}

static void a_name_beside_an_address_is_split_from_it(void **state)
{
    (void)state;
    struct subscriber_import_report r =
        import("email,name\nAda Lovelace <a@example.org>,\n"
               "\"\"\"L., \\\"\"Ada\\\"\"\"\" <b@example.org>\",\n"
               "b <c@example.org>,Cy\nd@example.org <d@example.org>,\n"
               "e@example.org (Eve),\nmailto:f@example.org,\n"
               "g@example.org ::: h@example.org,\n<i@example.org>,\n"
               "Jo <j@example.org,\nK <k>,\n");
    assert_int_equal(r.added, 8);
    assert_int_equal(r.rejected, 2);
    assert_string_equal(name_of("a@example.org"), "Ada Lovelace");
    assert_string_equal(name_of("b@example.org"), "L., \"Ada\"");
    assert_string_equal(name_of("c@example.org"), "Cy");
    assert_string_equal(name_of("d@example.org"), "");
    assert_string_equal(name_of("e@example.org"), "Eve");
    assert_string_equal(name_of("f@example.org"), "");
    assert_string_equal(name_of("i@example.org"), "");
}

/* ---- the first row ---- */

static bool is_headless;
static struct strbuf columns_read; /* "email name? Rank" and so on */

static void note_columns(void *context, const struct csv_row *row,
                         const struct import_columns *columns)
{
    (void)context;
    is_headless = columns->is_headless;
    strbuf_cut(&columns_read, 0);
    for (size_t i = 0; i < row->count; i++) {
        strbuf_add_text(&columns_read, i ? "|" : "");
        import_columns_title(columns, row, i, &columns_read);
        strbuf_add_text(&columns_read,
                        import_columns_field(columns, i) == IMPORT_FIELD_COUNT
                            ? " left"
                            : "");
    }
}

static struct subscriber_import_report first_row(const char *text)
{
    struct subscriber_import_report report = {.begin = note_columns,
                                              .tell = tell};
    if (!subscriber_import_text(db, str_of(text), "list.csv", &plain, &report,
                                &err))
        fail_msg("%s", err.text);
    return report;
}

static void a_first_row_that_is_a_person_comes_in(void **state)
{
    (void)state;
    assert_int_equal(first_row("a@example.org\nb@example.org\n").added, 2);
    assert_true(is_headless);
    assert_string_equal(strbuf_text(&columns_read), "email");
    assert_int_equal(
        first_row("7;Ada Lovelace;c@example.org;de\n8;Di;d@example.org;en\n")
            .added,
        2);
    assert_string_equal(strbuf_text(&columns_read),
                        "column 1 left|name|email|column 4 left");
    assert_string_equal(name_of("c@example.org"), "Ada Lovelace");
    assert_string_equal(name_of("d@example.org"), "Di");
    first_row("Eve <e@example.org>,unsubscribed,Ada,Rome\n");
    assert_string_equal(strbuf_text(&columns_read),
                        "email|state|column 3 left|column 4 left");
    assert_string_equal(name_of("e@example.org"), "Eve");
    first_row("email,contact@example.org\nf@example.org,\n");
    assert_false(is_headless);
    assert_int_equal(subscribers(), 6);
    strbuf_free(&columns_read);
}

static void a_title_above_the_headings_is_passed_over(void **state)
{
    (void)state;
    assert_int_equal(first_row("Members for group news\nEmail address,Nickname,"
                               "Group status\na@example.org,Ada,member\n")
                         .added,
                     1);
    assert_string_equal(strbuf_text(&columns_read),
                        "Email address|Nickname|Group status left");
    assert_string_equal(name_of("a@example.org"), "Ada");
    strbuf_free(&columns_read);
}

static bool import_mapped(const char *text, const struct import_map *maps,
                          size_t count)
{
    struct subscriber_import_options options = {
        .newsletter_id = 1, .now = 50, .maps = maps, .map_count = count};
    struct subscriber_import_report report = {0};
    return subscriber_import_text(db, str_of(text), "list.csv", &options,
                                  &report, &err);
}

static void columns_are_mapped_by_name_or_number(void **state)
{
    (void)state;
    struct import_map maps[] = {{.column = STR("#2"), .field = FIELD_EMAIL},
                                {.column = STR("who"), .field = FIELD_NAME}};
    assert_true(import_mapped("Who,x\nAda,a@example.org\n", maps, 2));
    assert_string_equal(name_of("a@example.org"), "Ada");
    maps[1] = (struct import_map){.number = 3, .field = FIELD_NAME};
    assert_true(import_mapped("b@example.org,c@example.org,Di\n", maps, 2));
    assert_string_equal(name_of("c@example.org"), "Di");
    maps[1].field = FIELD_EMAIL;
    assert_false(import_mapped("a,b,c\n", maps, 2));
    assert_non_null(strstr(err.text, "two columns"));
    maps[1] = (struct import_map){.number = 4, .field = FIELD_NAME};
    assert_false(import_mapped("a,b,c\n", maps, 2));
}

static void a_bad_row_is_told_and_the_rest_come_in(void **state)
{
    (void)state;
    struct subscriber_import_report r =
        import("email,name\na@example.org,\"A\nB\"\nnobody,C\n,D\n"
               "\"e@example.org\n"
               "f@example.org,F\n,\n");
    assert_int_equal(r.added, 2);
    assert_int_equal(r.rejected, 3);
    assert_string_equal(strbuf_text(&told),
                        "4 \"nobody\": it has no @\n"
                        "5 the address is empty\n"
                        "6 a quote opens in it and isn't closed\n");
}

static void importing_again_changes_nothing(void **state)
{
    (void)state;
    static const char list[] = "email\na@example.org\nA@EXAMPLE.org\n";
    struct subscriber_import_report r = import(list);
    assert_int_equal(r.added, 1);
    assert_int_equal(r.unchanged, 1);
    r = import(list);
    assert_int_equal(r.added, 0);
    assert_int_equal(r.unchanged, 2);
    assert_int_equal(subscribers(), 1);
}

static void nobody_who_left_comes_back(void **state)
{
    (void)state;
    import("email\na@example.org\nb@example.org\n");
    house_run(db, "UPDATE subscription SET state = 'unsubscribed' "
                  "WHERE subscriber_id = 1");
    house_run(db, "INSERT INTO suppression (address_key, reason, at) "
                  "VALUES ('c@example.org', 'bounced', 0)");
    struct subscriber_import_report r =
        import("email\na@example.org\nb@example.org\nc@example.org\n");
    assert_int_equal(r.refused, 2);
    assert_int_equal(r.unchanged, 1);
    assert_int_equal(r.added, 0);
    assert_int_equal(subscribers(), 2);
}

static int64_t count(const char *what)
{
    int64_t n = -1;
    assert_true(stmt_one_int(db_stmt(db, what), &n, &err));
    return n;
}

static enum subscription_state state_of(const char *key, size_t which)
{
    struct subscriber s;
    assert_true(roster_get(db, key, &arena, &s, &err));
    assert_true(which < s.subscription_count);
    return s.subscriptions[which].state;
}

static void states_come_along(void **state)
{
    (void)state;
    struct subscriber_import_report r =
        import("email,state\na@example.org,Unsubscribed\n"
               "b@example.org,bounced\nc@example.org,complained\n"
               "d@example.org,pending\ne@example.org,ACTIVE\n"
               "f@example.org,gone fishing\ng@example.org,blocklisted\n");
    assert_int_equal(r.added, 6);
    assert_int_equal(r.rejected, 1);
    assert_int_equal(r.states[SUBSCRIPTION_UNSUBSCRIBED], 2);
    assert_int_equal(state_of("a@example.org", 0), SUBSCRIPTION_UNSUBSCRIBED);
    assert_int_equal(state_of("b@example.org", 0), SUBSCRIPTION_BOUNCED);
    assert_int_equal(state_of("c@example.org", 0), SUBSCRIPTION_COMPLAINED);
    assert_int_equal(state_of("d@example.org", 0), SUBSCRIPTION_PENDING);
    assert_int_equal(state_of("e@example.org", 0), SUBSCRIPTION_ACTIVE);
    assert_int_equal(count("SELECT count(*) FROM suppression WHERE address_key "
                           "IN ('b@example.org', 'c@example.org', "
                           "'g@example.org')"),
                     3);
    assert_int_equal(count("SELECT count(*) FROM suppression"), 3);
}

static void who_left_is_known_by_any_column_that_says_so(void **state)
{
    (void)state;
    import("Email Address,First Name,UNSUB_TIME,UNSUB_REASON\n"
           "a@example.org,A,2021-01-01 10:00:00,NORMAL\n");
    import("Email Address,First Name,CLEAN_TIME\n"
           "b@example.org,B,2021-01-01 10:00:00\n");
    import("email,Unsubscribed at\nc@example.org,2021-01-01\n"
           "d@example.org,\n");
    import("email,state,unsubscribed\ne@example.org,active,true\n"
           "f@example.org,active,False\ng@example.org,bounced,yes\n");
    assert_int_equal(state_of("a@example.org", 0), SUBSCRIPTION_UNSUBSCRIBED);
    assert_int_equal(state_of("b@example.org", 0), SUBSCRIPTION_BOUNCED);
    assert_int_equal(state_of("c@example.org", 0), SUBSCRIPTION_UNSUBSCRIBED);
    assert_int_equal(state_of("d@example.org", 0), SUBSCRIPTION_ACTIVE);
    assert_int_equal(state_of("e@example.org", 0), SUBSCRIPTION_UNSUBSCRIBED);
    assert_int_equal(state_of("f@example.org", 0), SUBSCRIPTION_ACTIVE);
    assert_int_equal(state_of("g@example.org", 0), SUBSCRIPTION_BOUNCED);
}

/* A list that is exported with a column for each way to say it. */
static void who_left_is_known_by_each_column_that_says_so(void **state)
{
    (void)state;
    import("email,state,status\na@example.org,active,unsubscribed\n"
           "b@example.org,,Hard Bounced\nc@example.org,active,active\n");
    import("Email,Email status,Opt out\nd@example.org,Unsubscribed,\n"
           "e@example.org,Active,1\nf@example.org,Active,0\n"
           "g@example.org,Opted-Out,0\n");
    import("email,Unsubscribed,Email Opt Out,Do not email,Remark\n"
           "h@example.org,no,no,TRUE,\ni@example.org,no,0,,blocked sender\n"
           "j@example.org,,2024-01-01,,\n"
           "k@example.org,0000-00-00 00:00:00,-,never,\n");
    static const struct {
        const char *email;
        int state;
    } people[] = {
        {"a@example.org", SUBSCRIPTION_UNSUBSCRIBED},
        {"b@example.org", SUBSCRIPTION_BOUNCED},
        {"c@example.org", SUBSCRIPTION_ACTIVE},
        {"d@example.org", SUBSCRIPTION_UNSUBSCRIBED},
        {"e@example.org", SUBSCRIPTION_UNSUBSCRIBED},
        {"f@example.org", SUBSCRIPTION_ACTIVE},
        {"g@example.org", SUBSCRIPTION_UNSUBSCRIBED},
        {"h@example.org", SUBSCRIPTION_UNSUBSCRIBED},
        {"i@example.org", SUBSCRIPTION_ACTIVE},
        {"j@example.org", SUBSCRIPTION_UNSUBSCRIBED},
        {"k@example.org", SUBSCRIPTION_ACTIVE},
    };
    for (size_t i = 0; i < ARRAY_SIZE(people); i++)
        if ((int)state_of(people[i].email, 0) != people[i].state)
            fail_msg("%s stands otherwise", people[i].email);
}

static void of_two_rows_the_one_that_left_counts(void **state)
{
    (void)state;
    import("email,state\na@example.org,active\nA@example.org,unsubscribed\n"
           "b@example.org,unsubscribed\nb@example.org,active\n");
    assert_int_equal(state_of("a@example.org", 0), SUBSCRIPTION_UNSUBSCRIBED);
    assert_int_equal(state_of("b@example.org", 0), SUBSCRIPTION_UNSUBSCRIBED);
}

static void who_bounced_elsewhere_gets_no_newsletter_here(void **state)
{
    (void)state;
    struct subscriber_import_options daily = plain;
    daily.newsletter_id = 2;
    house_run(
        db,
        "INSERT INTO newsletter (id, slug, title, from_address, created_at) "
        "VALUES (2, 'daily', 'D', 'd@example.org', 0)");
    import_with("email\na@example.org\n", &daily);
    struct subscriber_import_report r =
        import("email,state\na@example.org,bounced\n");
    assert_int_equal(r.added, 1);
    assert_int_equal(state_of("a@example.org", 0), SUBSCRIPTION_BOUNCED);
    assert_int_equal(state_of("a@example.org", 1), SUBSCRIPTION_BOUNCED);
}

static void a_dry_run_counts_the_same_person_once_in_any_batch(void **state)
{
    (void)state;
    enum { PEOPLE = SUBSCRIBER_IMPORT_BATCH + 700 };
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    struct subscriber_import_options options = plain;
    options.dry_run = true;
    strbuf_add_text(&text, "email\n");
    for (int twice = 0; twice < 2; twice++)
        for (int i = 0; i < PEOPLE; i++)
            strbuf_add_format(&text, "s%d@example.org\n", i);
    struct subscriber_import_report r =
        import_with(strbuf_text(&text), &options);
    assert_int_equal(r.added, PEOPLE);
    assert_int_equal(r.unchanged, PEOPLE);
    assert_int_equal(subscribers(), 0);
}

static void no_two_keys_are_the_same(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    strbuf_add_text(&text, "email\n");
    for (int i = 0; i < 3000; i++)
        strbuf_add_format(&text, "s%d@example.org\n", i);
    import(strbuf_text(&text));
    assert_int_equal(count("SELECT count(DISTINCT substr(key, 5)) FROM "
                           "subscriber WHERE length(key) = 16"),
                     3000);
}

static bool gather(void *context, struct str text, struct err *why)
{
    (void)why;
    strbuf_add_str(context, text);
    return true;
}

static void export_and_import_are_the_identity(void **state)
{
    (void)state;
    static const char list[] =
        "email,name,language,timezone,newsletter,state,categories,since,"
        "created\n"
        "'=cmd@example.org,,,,weekly,active,,1970-01-01T00:00:30Z,"
        "1970-01-01T00:00:10Z\n"
        "a@example.org,\"A, \"\"B\"\"\",de,Europe/Berlin,weekly,active,"
        "\"\"\"One, two\"\",Three\",1970-01-01T00:00:20Z,"
        "1970-01-01T00:00:10Z\n"
        "b@example.org,,,,weekly,complained,,1970-01-01T00:00:30Z,"
        "1970-01-01T00:00:10Z\n";
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct subscriber_export_to to = {gather, &out};
    struct subscriber_import_options options = plain;
    size_t rows;
    options.newsletter_id = 0;
    import_with(list, &options);
    assert_true(subscriber_export(db, NULL, &to, &rows, &err));
    assert_int_equal(rows, 3);
    assert_string_equal(strbuf_text(&out), list);
    struct subscriber formula;
    assert_true(roster_get(db, "=cmd@example.org", &arena, &formula, &err));
}

/* ---- editing ---- */

static const struct consent_origin editor = {.means = MEANS_COMMAND, .now = 60};

static void an_edit_is_on_record_and_the_same_again_is_none(void **state)
{
    (void)state;
    struct subscriber s;
    struct consent_history history;
    bool changed;
    import("email,name\na@example.org,A\n");
    struct consent_edit edit = {.name = "B\nC",
                                .email = "New@example.org",
                                .categories = "World",
                                .newsletter_id = 1};
    assert_true(consent_edit(db, 1, &edit, &editor, &changed, &err));
    assert_true(changed);
    assert_true(roster_get(db, "new@example.org", &arena, &s, &err));
    assert_string_equal(s.email, "New@example.org");
    assert_string_equal(s.name, "B C");
    assert_string_equal(s.subscriptions[0].categories, "World");
    assert_true(consent_edit(db, 1, &edit, &editor, &changed, &err));
    assert_false(changed);
    assert_true(consent_history(db, 1, &arena, &history, &err));
    assert_int_equal(history.count, 2);
    assert_string_equal(history.items[1].event, "edited");
    assert_string_equal(history.items[1].note,
                        "address, was a@example.org; name; categories");
}

static void an_address_of_somebody_else_or_suppressed_is_refused(void **state)
{
    (void)state;
    bool changed;
    import("email,state\na@example.org,\nb@example.org,\n");
    house_run(db, "INSERT INTO suppression (address_key, reason, at) "
                  "VALUES ('c@example.org', 'bounced', 0)");
    struct consent_edit taken = {.email = "b@example.org", .name = "X"};
    struct consent_edit barred = {.email = "C@example.org"};
    assert_false(consent_edit(db, 1, &taken, &editor, &changed, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_false(consent_edit(db, 1, &barred, &editor, &changed, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_int_equal(count("SELECT count(*) FROM subscriber WHERE name = 'X'"),
                     0);
}

static void a_dry_run_counts_and_writes_nothing(void **state)
{
    (void)state;
    struct subscriber_import_options options = plain;
    options.dry_run = true;
    struct subscriber_import_report r =
        import_with("email\na@example.org\na@example.org\nx\n", &options);
    assert_int_equal(r.added, 1);
    assert_int_equal(r.unchanged, 1);
    assert_int_equal(r.rejected, 1);
    assert_int_equal(subscribers(), 0);
}

static void a_list_may_come_in_pending(void **state)
{
    (void)state;
    struct subscriber s;
    struct subscriber_import_options options = plain;
    options.pending = true;
    import_with("email\na@example.org\n", &options);
    assert_true(roster_get(db, "a@example.org", &arena, &s, &err));
    assert_int_equal(s.subscriptions[0].state, SUBSCRIPTION_PENDING);
}

static void a_list_longer_than_a_batch_comes_in_whole(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    strbuf_add_text(&text, "email\n");
    for (int i = 0; i <= SUBSCRIBER_IMPORT_BATCH; i++)
        strbuf_add_format(&text, "s%d@example.org\n", i);
    struct subscriber_import_report r = import(strbuf_text(&text));
    assert_int_equal(r.added, SUBSCRIBER_IMPORT_BATCH + 1);
    assert_int_equal(subscribers(), SUBSCRIBER_IMPORT_BATCH + 1);
}

static void a_list_without_an_email_column_is_refused(void **state)
{
    (void)state;
    struct subscriber_import_report report = {0};
    assert_false(subscriber_import_text(db, STR("who\nada\n"), "list.csv",
                                        &plain, &report, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "list.csv:1: no column"));
    assert_false(subscriber_import_text(db, STR("\n\n"), "list.csv", &plain,
                                        &report, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

static void a_file_is_read_and_a_missing_one_told(void **state)
{
    (void)state;
    char path[] = "/tmp/digest-import-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_true(file_write(path, STR("email\na@example.org\n"), 0600, &err));
    struct subscriber_import_report report = {0};
    assert_true(subscriber_import(db, path, &plain, &report, &err));
    assert_int_equal(report.added, 1);
    unlink(path);
    assert_false(subscriber_import(db, path, &plain, &report, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_false(subscriber_import(db, "/tmp", &plain, &report, &err));
    assert_int_equal(err.kind, ERR_IO);
}

int main(void)
{
#define FRESH(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        FRESH(columns_are_found_by_their_names),
        FRESH(first_and_last_name_become_one),
        FRESH(headings_are_known_in_many_languages),
        FRESH(a_name_beside_its_half_is_the_other_half),
        FRESH(a_name_beside_an_address_is_split_from_it),
        FRESH(a_first_row_that_is_a_person_comes_in),
        FRESH(a_title_above_the_headings_is_passed_over),
        FRESH(columns_are_mapped_by_name_or_number),
        FRESH(a_bad_row_is_told_and_the_rest_come_in),
        FRESH(importing_again_changes_nothing),
        FRESH(nobody_who_left_comes_back),
        FRESH(states_come_along),
        FRESH(who_left_is_known_by_any_column_that_says_so),
        FRESH(who_left_is_known_by_each_column_that_says_so),
        FRESH(of_two_rows_the_one_that_left_counts),
        FRESH(who_bounced_elsewhere_gets_no_newsletter_here),
        FRESH(a_dry_run_counts_the_same_person_once_in_any_batch),
        FRESH(no_two_keys_are_the_same),
        FRESH(export_and_import_are_the_identity),
        FRESH(an_edit_is_on_record_and_the_same_again_is_none),
        FRESH(an_address_of_somebody_else_or_suppressed_is_refused),
        FRESH(a_dry_run_counts_and_writes_nothing),
        FRESH(a_list_may_come_in_pending),
        FRESH(a_list_longer_than_a_batch_comes_in_whole),
        FRESH(a_list_without_an_email_column_is_refused),
        FRESH(a_file_is_read_and_a_missing_one_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
