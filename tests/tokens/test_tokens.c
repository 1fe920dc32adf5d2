#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/encode.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "subscribers/tokens/hmac.h"
#include "subscribers/tokens/links.h"
#include "subscribers/tokens/tokens.h"

static char folder[] = "/tmp/digest-tokens-XXXXXX";
static char *path;

static int begin(void **state)
{
    (void)state;
    random_hold(7);
    struct err err;
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    if (!mkdtemp(folder))
        return -1;
    path = file_join(folder, "digest.keys");
    return token_keys_create(path, &err) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    unlink(path);
    free(path);
    return rmdir(folder);
}

static struct token_keys *load(void)
{
    struct token_keys *keys = NULL;
    struct err err = {0};
    if (!token_keys_load(path, &keys, &err))
        fail_msg("%s", err.text);
    return keys;
}

static void put(const char *text, mode_t mode)
{
    struct err err;
    assert_true(file_write(path, str_of(text), mode, &err));
}

static const struct token sample = {
    TOKEN_UNSUBSCRIBE, {1, 2, 3, 0xff, 0, 5}, 3, 4711};

static void assert_same(const struct token *a, const struct token *b)
{
    assert_int_equal(a->purpose, b->purpose);
    assert_memory_equal(a->subscriber_key, b->subscriber_key,
                        SUBSCRIBER_KEY_SIZE);
    assert_int_equal(a->newsletter_id, b->newsletter_id);
    assert_int_equal(a->issue_id, b->issue_id);
}

/* RFC 4231 §4.2, §4.3, §4.7 */
static void signatures_are_those_of_the_standard(void **state)
{
    (void)state;
    static const struct {
        size_t length;
        char fill;
        const char *key, *data, *expected;
    } cases[] = {
        {20, 0x0b, NULL, "Hi There",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {4, 0, "Jefe", "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {131, (char)0xaa, NULL,
         "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char key[131];
        memset(key, cases[i].fill, sizeof key);
        if (cases[i].key)
            memcpy(key, cases[i].key, cases[i].length);
        struct hmac *hmac = hmac_new((struct str){key, cases[i].length});
        for (int again = 0; again < 2; again++) {
            unsigned char mac[HMAC_SIZE];
            hmac_sign(hmac, str_of(cases[i].data), mac);
            OWNED(strbuf_free) struct strbuf hex = STRBUF_INIT;
            hex_encode(&hex, (struct str){(char *)mac, sizeof mac});
            assert_string_equal(strbuf_text(&hex), cases[i].expected);
        }
        hmac_free(hmac);
    }
}

static void a_token_reads_back(void **state)
{
    (void)state;
    static const int64_t ids[] = {0, 1, 127, 128, 16383, 16384, INT64_MAX};
    OWNED(token_keys_release) struct token_keys *keys = load();
    for (int purpose = 1; purpose <= 5; purpose++)
        for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
            struct token token = sample, back = {0};
            token.purpose = (enum token_purpose)purpose;
            token.newsletter_id = ids[i];
            token.issue_id = ids[ARRAY_SIZE(ids) - 1 - i];
            OWNED(strbuf_free) struct strbuf link = STRBUF_INIT;
            OWNED(strbuf_free) struct strbuf local = STRBUF_INIT;
            token_write(keys, &token, &link);
            token_write_local(keys, &token, &local);
            assert_true(token_read(keys, strbuf_str(&link), &back));
            assert_same(&back, &token);
            assert_true(token_read_local(keys, strbuf_str(&local), &back));
            assert_same(&back, &token);
        }
}

static void a_local_token_fits_a_local_part_and_reads_in_capitals(void **state)
{
    (void)state;
    OWNED(token_keys_release) struct token_keys *keys = load();
    struct token token = sample, back = {0};
    token.newsletter_id = (1 << 14) - 1;
    token.issue_id = (INT64_C(1) << 35) - 1;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    token_write_local(keys, &token, &text);
    assert_true(text.len <= 55);
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] >= 'a' && text.ptr[i] <= 'z')
            text.ptr[i] = (char)(text.ptr[i] - 'a' + 'A');
    assert_true(token_read_local(keys, strbuf_str(&text), &back));
    assert_same(&back, &token);
}

static void no_bit_of_a_token_can_be_changed(void **state)
{
    (void)state;
    OWNED(token_keys_release) struct token_keys *keys = load();
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    struct token back;
    token_write(keys, &sample, &text);
    assert_true(base64url_decode(&bytes, strbuf_str(&text)));
    for (size_t bit = 0; bit < bytes.len * 8; bit++) {
        OWNED(strbuf_free) struct strbuf forged = STRBUF_INIT;
        bytes.ptr[bit / 8] ^= (char)(1 << bit % 8);
        base64url_encode(&forged, strbuf_str(&bytes));
        assert_false(token_read(keys, strbuf_str(&forged), &back));
        bytes.ptr[bit / 8] ^= (char)(1 << bit % 8);
    }
}

static void a_cut_or_lengthened_token_is_refused(void **state)
{
    (void)state;
    OWNED(token_keys_release) struct token_keys *keys = load();
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    struct token back;
    token_write(keys, &sample, &text);
    for (size_t i = 0; i < text.len; i++)
        assert_false(token_read(keys, (struct str){text.ptr, i}, &back));
    strbuf_add_char(&text, 'A');
    assert_false(token_read(keys, strbuf_str(&text), &back));
    assert_false(token_read(keys, (struct str){NULL, 0}, &back));
    assert_false(token_read(keys, STR("///////////////////////////"), &back));
}

static void one_form_is_not_taken_for_the_other(void **state)
{
    (void)state;
    OWNED(token_keys_release) struct token_keys *keys = load();
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf other = STRBUF_INIT;
    struct token back;
    token_write(keys, &sample, &text);
    assert_true(base64url_decode(&bytes, strbuf_str(&text)));
    strbuf_cut(&bytes, bytes.len - 6); /* an HMAC cut to 80 bits */
    base32_encode(&other, strbuf_str(&bytes));
    assert_false(token_read_local(keys, strbuf_str(&other), &back));
}

static void a_rotated_key_still_verifies(void **state)
{
    (void)state;
    struct err err = {0};
    OWNED(strbuf_free) struct strbuf old = STRBUF_INIT, fresh = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf id = STRBUF_INIT, same_id = STRBUF_INIT;
    unsigned char hash[32], same_hash[32];
    struct token_keys *before = load();
    token_write(before, &sample, &old);
    token_message_id(before, 7, sample.subscriber_key, &id);
    token_digest(before, STR("a@example.org"), hash);
    for (int i = 0; i < 40; i++)
        assert_true(token_keys_rotate(path, &err));
    OWNED(token_keys_release) struct token_keys *after = load();
    struct token back;
    assert_true(token_read(after, strbuf_str(&old), &back));
    assert_same(&back, &sample);
    token_write(after, &sample, &fresh);
    assert_string_not_equal(strbuf_text(&old), strbuf_text(&fresh));
    assert_true(token_read(after, strbuf_str(&fresh), &back));
    assert_false(token_read(before, strbuf_str(&fresh), &back));
    token_keys_free(before);
    token_message_id(after, 7, sample.subscriber_key, &same_id);
    assert_string_equal(strbuf_text(&id), strbuf_text(&same_id));
    token_digest(after, STR("a@example.org"), same_hash);
    assert_memory_equal(hash, same_hash, sizeof hash);
}

static void a_message_id_differs_by_issue_and_by_subscriber(void **state)
{
    (void)state;
    OWNED(token_keys_release) struct token_keys *keys = load();
    unsigned char other[SUBSCRIBER_KEY_SIZE] = {9};
    OWNED(strbuf_free) struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf c = STRBUF_INIT;
    token_message_id(keys, 1, sample.subscriber_key, &a);
    token_message_id(keys, 2, sample.subscriber_key, &b);
    token_message_id(keys, 1, other, &c);
    assert_int_equal(a.len, 26);
    assert_int_equal(strspn(a.ptr, "abcdefghijklmnopqrstuvwxyz234567"), 26);
    assert_string_not_equal(a.ptr, b.ptr);
    assert_string_not_equal(a.ptr, c.ptr);
}

static void a_key_file_is_private_and_made_once(void **state)
{
    (void)state;
    struct stat status;
    struct err err = {0};
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_false(token_keys_create(path, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_true(token_keys_rotate(path, &err));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void a_key_file_that_others_may_read_is_refused(void **state)
{
    (void)state;
    struct err err = {0};
    struct token_keys *keys = NULL;
    assert_int_equal(chmod(path, 0640), 0);
    assert_false(token_keys_load(path, &keys, &err));
    assert_int_equal(err.kind, ERR_PERMISSION);
    assert_non_null(strstr(err.text, "chmod 600"));
}

static void a_bad_key_file_is_refused_by_line_and_left_alone(void **state)
{
    (void)state;
    struct err err = {0};
    struct token_keys *keys = NULL;
    put("# ours\n\nabc\n", 0600);
    assert_false(token_keys_load(path, &keys, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "digest.keys:3: "));
    assert_false(token_keys_rotate(path, &err));
    put("# only this\n", 0600);
    assert_false(token_keys_load(path, &keys, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

static void a_preview_lets_in_to_one_issue_until_its_end(void **state)
{
    (void)state;
    OWNED(token_keys_release) struct token_keys *keys = load();
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT, other = STRBUF_INIT;
    token_write_preview(keys, 12, 1000, &text);
    struct str token = strbuf_str(&text);
    assert_true(token_is_preview(keys, token, 12, 1000));
    assert_false(token_is_preview(keys, token, 12, 1001));
    assert_false(token_is_preview(keys, token, 13, 1000));
    assert_false(token_is_preview(keys, STR(""), 12, 1000));
    /* A link of another kind is none. */
    struct token view = {.purpose = TOKEN_VIEW, .issue_id = 12};
    memset(view.subscriber_key, 0x7f, sizeof view.subscriber_key);
    token_write(keys, &view, &other);
    assert_false(token_is_preview(keys, strbuf_str(&other), 12, 1000));
}

static void a_missing_key_file_is_not_found(void **state)
{
    (void)state;
    struct err err = {0};
    struct token_keys *keys = NULL;
    assert_false(token_keys_load("/nonexistent/keys", &keys, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "/nonexistent/keys: "));
    assert_non_null(strstr(err.text, "beside each backup"));
}

/* Mails that were sent hold these paths for ever. */
static void a_link_has_its_path_and_the_purpose_of_its_page(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum token_purpose purpose;
    } wanted[] = {
        [LINK_UNSUBSCRIBE] = {"/u/", TOKEN_UNSUBSCRIBE},
        [LINK_PREFERENCES] = {"/p/", TOKEN_PREFERENCES},
        [LINK_VIEW] = {"/v/", TOKEN_VIEW},
        [LINK_CONFIRM] = {"/c/", TOKEN_CONFIRM},
        [LINK_ADDRESS] = {"/a/", TOKEN_CONFIRM},
        [LINK_RESTORE] = {"/b/", TOKEN_RESTORE},
    };
    struct token_keys *keys = load();
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
        OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
        struct token read;
        link_write(keys, "https://example.org/n", (enum token_link)i, sample,
                   &out);
        struct str link = strbuf_str(&out);
        assert_true(str_starts(link, STR("https://example.org/n")));
        link = str_from(link, strlen("https://example.org/n"));
        assert_true(str_starts(link, str_of(wanted[i].path)));
        link = str_from(link, strlen(wanted[i].path));
        assert_true(token_read(keys, link, &read));
        assert_int_equal(read.purpose, wanted[i].purpose);
        assert_int_equal(read.issue_id, sample.issue_id);
    }
    assert_string_equal(link_path(LINK_SIGN_UP), "/s/");
    assert_string_equal(link_path(LINK_ASK), "/l");
    token_keys_free(keys);
}

int main(void)
{
#define WITH_KEYS(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_are_those_of_the_standard),
        WITH_KEYS(a_token_reads_back),
        WITH_KEYS(a_local_token_fits_a_local_part_and_reads_in_capitals),
        WITH_KEYS(no_bit_of_a_token_can_be_changed),
        WITH_KEYS(a_cut_or_lengthened_token_is_refused),
        WITH_KEYS(one_form_is_not_taken_for_the_other),
        WITH_KEYS(a_rotated_key_still_verifies),
        WITH_KEYS(a_message_id_differs_by_issue_and_by_subscriber),
        WITH_KEYS(a_key_file_is_private_and_made_once),
        WITH_KEYS(a_key_file_that_others_may_read_is_refused),
        WITH_KEYS(a_bad_key_file_is_refused_by_line_and_left_alone),
        WITH_KEYS(a_preview_lets_in_to_one_issue_until_its_end),
        WITH_KEYS(a_link_has_its_path_and_the_purpose_of_its_page),
        cmocka_unit_test(a_missing_key_file_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
