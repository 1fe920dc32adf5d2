/* Matches the phrases of refusals, from a table, to reasons and stages. */
#include "digest/message/phrases.h"

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/message/plain_words.h"

/* In lower case, an address being "@"; '*' stands for up to 60 bytes. The
 * first row that is found decides: what names its cause most surely comes
 * first, and what talks about the sender before what sounds alike about the
 * recipient. */
static const struct {
    enum refusal_reason reason;
    const char *words;
} phrases[] = {
    /* The sender, not the reader. */
    {REASON_POLICY, "domain of sender"},
    {REASON_POLICY, "sender domain"},
    {REASON_POLICY, "sender address"},
    {REASON_POLICY, "sender rejected"},
    {REASON_POLICY, "sender denied"},
    {REASON_POLICY, "sender verify failed"},
    {REASON_POLICY, "sender verification"},
    {REASON_POLICY, "sender is not allowed"},
    {REASON_POLICY, "sender was rejected"},
    {REASON_POLICY, "sending domain"},
    {REASON_POLICY, "sender's domain"},
    {REASON_POLICY, "valid from:"},
    {REASON_POLICY, "mail from * rejected"},
    {REASON_POLICY, "not allowed to send"},
    {REASON_POLICY, "invalid sender"},
    {REASON_POLICY, "unknown sender"},

    /* Full. */
    {REASON_MAILBOX_FULL, "mailbox full"},
    {REASON_MAILBOX_FULL, "mailbox is full"},
    {REASON_MAILBOX_FULL, "mailbox for * is full"},
    {REASON_MAILBOX_FULL, "mailbox * exceeded"},
    {REASON_MAILBOX_FULL, "mailbox * full"},
    {REASON_MAILBOX_FULL, "mail box full"},
    {REASON_MAILBOX_FULL, "mailfolder is full"},
    {REASON_MAILBOX_FULL, "inbox is full"},
    {REASON_MAILBOX_FULL, "inbox full"},
    {REASON_MAILBOX_FULL, "maildir * over quota"},
    {REASON_MAILBOX_FULL, "over quota"},
    {REASON_MAILBOX_FULL, "overquota"},
    {REASON_MAILBOX_FULL, "over the quota"},
    {REASON_MAILBOX_FULL, "over its quota"},
    {REASON_MAILBOX_FULL, "over the maximum allowed mailbox size"},
    {REASON_MAILBOX_FULL, "exceeds allowed quota"},
    {REASON_MAILBOX_FULL, "exceed the quota"},
    {REASON_MAILBOX_FULL, "exceeding quota"},
    {REASON_MAILBOX_FULL, "exceeded * quota"},
    {REASON_MAILBOX_FULL, "exceeded storage allocation"},
    {REASON_MAILBOX_FULL, "exceeded his storage"},
    {REASON_MAILBOX_FULL, "quota exceeded"},
    {REASON_MAILBOX_FULL, "quota has been exceeded"},
    {REASON_MAILBOX_FULL, "quota violation"},
    {REASON_MAILBOX_FULL, "exceeded the storage limit"},
    {REASON_MAILBOX_FULL, "out of storage space"},
    {REASON_MAILBOX_FULL, "not enough storage space"},
    {REASON_MAILBOX_FULL, "insufficient mailbox space"},
    {REASON_MAILBOX_FULL, "no space left in mailbox"},
    {REASON_MAILBOX_FULL, "too many messages in the mailbox"},
    {REASON_MAILBOX_FULL, "mailbox size limit"},
    {REASON_MAILBOX_FULL, "disk quota"},
    {REASON_MAILBOX_FULL, "storage quota"},
    {REASON_MAILBOX_FULL, "boîte pleine"},
    {REASON_MAILBOX_FULL, "boite du destinataire pleine"},
    {REASON_MAILBOX_FULL, "postfach ist voll"},
    {REASON_MAILBOX_FULL, "postfach voll"},
    {REASON_MAILBOX_FULL, "buzón está lleno"},
    {REASON_MAILBOX_FULL, "casella piena"},
    {REASON_MAILBOX_FULL, "casella * piena"},
    {REASON_MAILBOX_FULL, "caixa de correio cheia"},
    {REASON_MAILBOX_FULL, "ящик переполнен"},
    {REASON_MAILBOX_FULL, "容量"},

    /* Rates: ours to mind, though they sound like the mailbox. */
    {REASON_POLICY, "receiving mail at a rate"},
    {REASON_POLICY, "receiving mail too quickly"},
    {REASON_POLICY, "rate limit"},

    /* Asleep. */
    {REASON_SUSPENDED, "account * disabled"},
    {REASON_SUSPENDED, "account * suspended"},
    {REASON_SUSPENDED, "account * locked"},
    {REASON_SUSPENDED, "account * inactive"},
    {REASON_SUSPENDED, "account * blocked"},
    {REASON_SUSPENDED, "account that you tried to reach is inactive"},
    {REASON_SUSPENDED, "account disabled"},
    {REASON_SUSPENDED, "account suspended"},
    {REASON_SUSPENDED, "account inactive"},
    {REASON_SUSPENDED, "account expired"},
    {REASON_SUSPENDED, "account has expired"},
    {REASON_SUSPENDED, "account * deactivated"},
    {REASON_SUSPENDED, "disabled recipient"},
    {REASON_SUSPENDED, "disabled mailbox"},
    {REASON_SUSPENDED, "mailbox * disabled"},
    {REASON_SUSPENDED, "mailbox disabled"},
    {REASON_SUSPENDED, "mailbox is frozen"},
    {REASON_SUSPENDED, "mailbox * suspended"},
    {REASON_SUSPENDED, "mailbox * inactive"},
    {REASON_SUSPENDED, "mailbox * locked"},
    {REASON_SUSPENDED, "mailbox temporarily"},
    {REASON_SUSPENDED, "mailbox currently"},
    {REASON_SUSPENDED, "user * suspended"},
    {REASON_SUSPENDED, "user * disabled"},
    {REASON_SUSPENDED, "user * inactive"},
    {REASON_SUSPENDED, "user * deactivated"},
    {REASON_SUSPENDED, "recipient * suspended"},
    {REASON_SUSPENDED, "recipient * inactive"},
    {REASON_SUSPENDED, "recipient * disabled"},
    {REASON_SUSPENDED, "inactive user"},
    {REASON_SUSPENDED, "inactive email address"},
    {REASON_SUSPENDED, "email account * inactive"},
    {REASON_SUSPENDED, "is a deactivated mailbox"},
    {REASON_SUSPENDED, "domain is suspended"},
    {REASON_SUSPENDED, "has been frozen"},

    /* Gone elsewhere. */
    {REASON_MOVED, "has moved"},
    {REASON_MOVED, "recipient no longer on server"},
    {REASON_MOVED, "has been replaced by"},
    {REASON_MOVED, "address has changed"},
    {REASON_MOVED, "user moved"},

    /* Nobody there. */
    {REASON_UNKNOWN_USER, "user unknown"},
    {REASON_UNKNOWN_USER, "unknown user"},
    {REASON_UNKNOWN_USER, "user is unknown"},
    {REASON_UNKNOWN_USER, "user not known"},
    {REASON_UNKNOWN_USER, "user not found"},
    {REASON_UNKNOWN_USER, "user not exist"},
    {REASON_UNKNOWN_USER, "user * not exist"},
    {REASON_UNKNOWN_USER, "user doesn't exist"},
    {REASON_UNKNOWN_USER, "user * doesn't exist"},
    {REASON_UNKNOWN_USER, "user doesn't have a * account"},
    {REASON_UNKNOWN_USER, "user * not listed in"},
    {REASON_UNKNOWN_USER, "user not listed in"},
    {REASON_UNKNOWN_USER, "no such user"},
    {REASON_UNKNOWN_USER, "no such mailbox"},
    {REASON_UNKNOWN_USER, "no such recipient"},
    {REASON_UNKNOWN_USER, "no such address"},
    {REASON_UNKNOWN_USER, "no such account"},
    {REASON_UNKNOWN_USER, "no such local user"},
    {REASON_UNKNOWN_USER, "no such person"},
    {REASON_UNKNOWN_USER, "no such email"},
    {REASON_UNKNOWN_USER, "no such virtual user"},
    {REASON_UNKNOWN_USER, "no such entry"},
    {REASON_UNKNOWN_USER, "no user here by that name"},
    {REASON_UNKNOWN_USER, "no mailbox here"},
    {REASON_UNKNOWN_USER, "no mailbox by that name"},
    {REASON_UNKNOWN_USER, "no mailbox found"},
    {REASON_UNKNOWN_USER, "no mailbox with that name"},
    {REASON_UNKNOWN_USER, "no account by that name"},
    {REASON_UNKNOWN_USER, "no valid recipient"},
    {REASON_UNKNOWN_USER, "not a valid recipient"},
    {REASON_UNKNOWN_USER, "not a valid user"},
    {REASON_UNKNOWN_USER, "not a valid mailbox"},
    {REASON_UNKNOWN_USER, "not a known user"},
    {REASON_UNKNOWN_USER, "is not a valid address"},
    {REASON_UNKNOWN_USER, "does not have an account"},
    {REASON_UNKNOWN_USER, "invalid recipient"},
    {REASON_UNKNOWN_USER, "invalid mailbox"},
    {REASON_UNKNOWN_USER, "invalid address"},
    {REASON_UNKNOWN_USER, "invalid user"},
    {REASON_UNKNOWN_USER, "invalid final delivery userid"},
    {REASON_UNKNOWN_USER, "invalid local part"},
    {REASON_UNKNOWN_USER, "bad destination mailbox"},
    {REASON_UNKNOWN_USER, "unknown recipient"},
    {REASON_UNKNOWN_USER, "unknown address"},
    {REASON_UNKNOWN_USER, "unknown mailbox"},
    {REASON_UNKNOWN_USER, "unknown local"},
    {REASON_UNKNOWN_USER, "recipient unknown"},
    {REASON_UNKNOWN_USER, "recipient not found"},
    {REASON_UNKNOWN_USER, "recipient was not found"},
    {REASON_UNKNOWN_USER, "recipient does not exist"},
    {REASON_UNKNOWN_USER, "recipient * does not exist"},
    {REASON_UNKNOWN_USER, "recipient name is not recognized"},
    {REASON_UNKNOWN_USER, "recipnotfound"},
    {REASON_UNKNOWN_USER, "mailbox not found"},
    {REASON_UNKNOWN_USER, "mailbox unknown"},
    {REASON_UNKNOWN_USER, "mailbox does not exist"},
    {REASON_UNKNOWN_USER, "mailbox doesn't exist"},
    {REASON_UNKNOWN_USER, "mailbox * does not exist"},
    {REASON_UNKNOWN_USER, "mailbox name not allowed"},
    {REASON_UNKNOWN_USER, "mailbox not available"},
    {REASON_UNKNOWN_USER, "mailbox unavailable"},
    {REASON_UNKNOWN_USER, "account * does not exist"},
    {REASON_UNKNOWN_USER, "account does not exist"},
    {REASON_UNKNOWN_USER, "account * doesn't exist"},
    {REASON_UNKNOWN_USER, "account not found"},
    {REASON_UNKNOWN_USER, "account * not found"},
    {REASON_UNKNOWN_USER, "account is not available"},
    {REASON_UNKNOWN_USER, "address does not exist"},
    {REASON_UNKNOWN_USER, "address doesn't exist"},
    {REASON_UNKNOWN_USER, "address * does not exist"},
    {REASON_UNKNOWN_USER, "address unknown"},
    {REASON_UNKNOWN_USER, "address not found"},
    {REASON_UNKNOWN_USER, "address couldn't be found"},
    {REASON_UNKNOWN_USER, "address * couldn't be found"},
    {REASON_UNKNOWN_USER, "address you entered couldn't be found"},
    {REASON_UNKNOWN_USER, "address wasn't found"},
    {REASON_UNKNOWN_USER, "address no longer"},
    {REASON_UNKNOWN_USER, "is no longer valid"},
    {REASON_UNKNOWN_USER, "no longer works"},
    {REASON_UNKNOWN_USER, "@ does not exist"},
    {REASON_UNKNOWN_USER, "@ not found"},
    {REASON_UNKNOWN_USER, "not our customer"},
    {REASON_UNKNOWN_USER, "not our user"},
    {REASON_UNKNOWN_USER, "addressee unknown"},
    {REASON_UNKNOWN_USER, "undeliverable address"},
    {REASON_UNKNOWN_USER, "not listed in public name"},
    {REASON_UNKNOWN_USER, "not listed in domino directory"},
    {REASON_UNKNOWN_USER, "can't create user output file"},
    {REASON_UNKNOWN_USER, "destinataire invalide"},
    {REASON_UNKNOWN_USER, "destinataire inconnu"},
    {REASON_UNKNOWN_USER, "utilisateur inconnu"},
    {REASON_UNKNOWN_USER, "n'existe pas"},
    {REASON_UNKNOWN_USER, "unbekannter empf"},
    {REASON_UNKNOWN_USER, "empfänger unbekannt"},
    {REASON_UNKNOWN_USER, "existiert nicht"},
    {REASON_UNKNOWN_USER, "usuario desconocido"},
    {REASON_UNKNOWN_USER, "no existe"},
    {REASON_UNKNOWN_USER, "utente sconosciuto"},
    {REASON_UNKNOWN_USER, "destinatario inesistente"},
    {REASON_UNKNOWN_USER, "usuário desconhecido"},
    {REASON_UNKNOWN_USER, "não existe"},
    {REASON_UNKNOWN_USER, "nie istnieje"},
    {REASON_UNKNOWN_USER, "bestaat niet"},
    {REASON_UNKNOWN_USER, "не существует"},
    {REASON_UNKNOWN_USER, "пользователь не найден"},
    {REASON_UNKNOWN_USER, "リストにありません"},
    {REASON_UNKNOWN_USER, "ディレクトリには見つかりません"},
    {REASON_UNKNOWN_USER, "存在しません"},
    {REASON_UNKNOWN_USER, "recipientnotfound"},
    {REASON_UNKNOWN_USER, "用户不存在"},
    {REASON_UNKNOWN_USER, "收件人不存在"},

    /* No such house. What may pass comes before what won't. */
    {REASON_NETWORK, "host not found, try again"},
    {REASON_NETWORK, "temporary lookup failure"},
    {REASON_NETWORK, "temporary failure in name resolution"},
    {REASON_NETWORK, "unexpected name server reply"},
    {REASON_NETWORK, "dns query failed"},
    {REASON_UNKNOWN_HOST, "null mx"},
    {REASON_UNKNOWN_HOST, "nullmx"},
    {REASON_UNKNOWN_HOST, "indicated no smtp service"},
    {REASON_UNKNOWN_HOST, "does not accept mail"},
    {REASON_UNKNOWN_HOST, "doesn't accept mail"},
    {REASON_UNKNOWN_HOST, "doesn't receive email"},
    {REASON_UNKNOWN_HOST, "does not receive mail"},
    {REASON_UNKNOWN_HOST, "no mail exchanger"},
    {REASON_UNKNOWN_HOST, "couldn't find a mail exchanger"},
    {REASON_UNKNOWN_HOST, "couldn't find any host"},
    {REASON_UNKNOWN_HOST, "host not found"},
    {REASON_UNKNOWN_HOST, "dns lookup failure: host * not found"},
    {REASON_UNKNOWN_HOST, "host unknown"},
    {REASON_UNKNOWN_HOST, "unknown host"},
    {REASON_UNKNOWN_HOST, "no such host"},
    {REASON_UNKNOWN_HOST, "no such domain"},
    {REASON_UNKNOWN_HOST, "name or service not known"},
    {REASON_UNKNOWN_HOST, "nxdomain"},
    {REASON_UNKNOWN_HOST, "non-existent domain"},
    {REASON_UNKNOWN_HOST, "nonexistent domain"},
    {REASON_UNKNOWN_HOST, "domain does not exist"},
    {REASON_UNKNOWN_HOST, "domain doesn't exist"},
    {REASON_UNKNOWN_HOST, "domain * does not exist"},
    {REASON_UNKNOWN_HOST, "domain name not found"},
    {REASON_UNKNOWN_HOST, "domain not found"},
    {REASON_UNKNOWN_HOST, "domain * not found"},
    {REASON_UNKNOWN_HOST, "domain * couldn't be found"},
    {REASON_UNKNOWN_HOST, "domain is not valid"},
    {REASON_UNKNOWN_HOST, "unknown domain"},
    {REASON_UNKNOWN_HOST, "unrouteable address"},
    {REASON_UNKNOWN_HOST, "unroutable address"},
    {REASON_UNKNOWN_HOST, "account or domain may not exist"},
    {REASON_UNKNOWN_HOST, "all relevant mx records point to non-existent"},
    {REASON_UNKNOWN_HOST, "mx records point to non-existent"},

    /* Our reputation, our paperwork. */
    {REASON_POLICY, "spam"},
    {REASON_POLICY, "unsolicited"},
    {REASON_POLICY, "blacklist"},
    {REASON_POLICY, "black list"},
    {REASON_POLICY, "blocklist"},
    {REASON_POLICY, "block list"},
    {REASON_POLICY, "denylist"},
    {REASON_POLICY, "dnsbl"},
    {REASON_POLICY, " rbl"},
    {REASON_POLICY, "listed at"},
    {REASON_POLICY, "listed in"},
    {REASON_POLICY, "(bl)"},
    {REASON_POLICY, "blocked"},
    {REASON_POLICY, "banned"},
    {REASON_POLICY, "reputation"},
    {REASON_POLICY, "polic"},
    {REASON_POLICY, "dmarc"},
    {REASON_POLICY, " spf"},
    {REASON_POLICY, "dkim"},
    {REASON_POLICY, "reverse dns"},
    {REASON_POLICY, "ptr record"},
    {REASON_POLICY, "ip name lookup failed"},
    {REASON_POLICY, "cannot find your hostname"},
    {REASON_POLICY, "purported responsible address"},
    {REASON_POLICY, "relay access denied"},
    {REASON_POLICY, "relaying denied"},
    {REASON_POLICY, "relaying not"},
    {REASON_POLICY, "not permitted to relay"},
    {REASON_POLICY, "unable to relay"},
    {REASON_POLICY, "insecure mail relay"},
    {REASON_POLICY, "relay quota"},
    {REASON_POLICY, "no relay"},
    {REASON_POLICY, "unauthenticated"},
    {REASON_POLICY, "authentication required"},
    {REASON_POLICY, "must be authenticated"},
    {REASON_POLICY, "access denied"},
    {REASON_POLICY, "not authorized"},
    {REASON_POLICY, "not allowed"},
    {REASON_POLICY, "too many"},
    {REASON_POLICY, "rate limited"},
    {REASON_POLICY, "throttl"},
    {REASON_POLICY, "unusual rate"},
    {REASON_POLICY, "unexpected volume"},
    {REASON_POLICY, "user complaints"},
    {REASON_POLICY, "not accepting connections"},
    {REASON_POLICY, "connections not accepted"},
    {REASON_POLICY, "greylist"},
    {REASON_POLICY, "graylist"},
    {REASON_POLICY, "your e-mail is redundant"},
    {REASON_POLICY, "weren't sent"},
    {REASON_POLICY, "protocol violation"},
    {REASON_POLICY, "permission to post"},
    {REASON_POLICY, "refused by recipient"},

    /* Our message. */
    {REASON_TOO_BIG, "message too big"},
    {REASON_TOO_BIG, "message too large"},
    {REASON_TOO_BIG, "message is too large"},
    {REASON_TOO_BIG, "message size exceeds"},
    {REASON_TOO_BIG, "message length exceeds"},
    {REASON_TOO_BIG, "exceeds * message size"},
    {REASON_TOO_BIG, "exceeded maximum"},
    {REASON_TOO_BIG, "size limit"},
    {REASON_CONTENT, "virus"},
    {REASON_CONTENT, "content reject"},
    {REASON_CONTENT, "message content"},
    {REASON_CONTENT, "content filter"},
    {REASON_CONTENT, "header error"},
    {REASON_CONTENT, "8-bit data"},
    {REASON_CONTENT, "attachment"},
    {REASON_CONTENT, "malformed"},

    /* The way there, and their machine. */
    {REASON_NETWORK, "hop count"},
    {REASON_NETWORK, "too many hops"},
    {REASON_NETWORK, "routing loop"},
    {REASON_NETWORK, "mail loop"},
    {REASON_NETWORK, "loops back"},
    {REASON_EXPIRED, "message expired"},
    {REASON_EXPIRED, "queue.expired"},
    {REASON_EXPIRED, "delivery time expired"},
    {REASON_EXPIRED, "retry timeout exceeded"},
    {REASON_EXPIRED, "retry time not reached"},
    {REASON_EXPIRED, "in the queue too long"},
    {REASON_EXPIRED, "could not deliver for the last"},
    {REASON_EXPIRED, "was aborted after"},
    {REASON_EXPIRED, "giving up"},
    {REASON_EXPIRED, "unable to deliver in"},
    {REASON_NETWORK, "connection timed out"},
    {REASON_NETWORK, "timed out"},
    {REASON_NETWORK, "connection refused"},
    {REASON_NETWORK, "connection reset"},
    {REASON_NETWORK, "lost connection"},
    {REASON_NETWORK, "connection dropped"},
    {REASON_NETWORK, "no route to host"},
    {REASON_NETWORK, "network is unreachable"},
    {REASON_NETWORK, "network error"},
    {REASON_NETWORK, "host not reachable"},
    {REASON_NETWORK, "host * unreachable"},
    {REASON_NETWORK, "wasn't able to establish an smtp connection"},
    {REASON_NETWORK, "did not accept our requests to connect"},
    {REASON_NETWORK, "dns error"},
    {REASON_NETWORK, "could not find a gateway"},
    {REASON_NETWORK, "mx lookup"},
    {REASON_SYSTEM, "disk space"},
    {REASON_SYSTEM, "system storage"},
    {REASON_SYSTEM, "no space left on device"},
    {REASON_SYSTEM, "file too large"},
    {REASON_SYSTEM, "local error"},
    {REASON_SYSTEM, "mailer error"},
    {REASON_SYSTEM, "system config"},
    {REASON_SYSTEM, "system error"},
    {REASON_SYSTEM, "server error"},
    {REASON_SYSTEM, "internal error"},
    {REASON_SYSTEM, "temporary failure"},
    {REASON_SYSTEM, "try again later"},
    {REASON_SYSTEM, "try later"},
    {REASON_SYSTEM, "resources temporarily unavailable"},
    {REASON_SYSTEM, "duplicated message-id"},
};

enum { GAP_MAX = 60 };

/* Whether the pattern's pieces follow each other within the gap. */
static bool matches(const char *text, const char *pattern)
{
    const char *star = strchr(pattern, '*');
    if (!star)
        return strstr(text, pattern) != NULL;
    char head[64];
    size_t length = (size_t)(star - pattern);
    memcpy(head, pattern, length);
    head[length] = '\0';
    for (const char *at = text; (at = strstr(at, head)); at++) {
        const char *tail = strstr(at + length, star + 1);
        if (!tail)
            return false;
        if (tail - (at + length) <= GAP_MAX)
            return true;
    }
    return false;
}

/* A report says what it has to say at its beginning. */
enum { LOOK_AT_MAX = 16 << 10 };

static void words_of(struct str text, struct strbuf *out)
{
    if (text.len > LOOK_AT_MAX)
        text.len = LOOK_AT_MAX;
    strbuf_add_char(out, ' ');
    plain_words(text, out);
}

enum refusal_reason phrases_reason(struct str text)
{
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    words_of(text, &words);
    for (size_t i = 0; words.len && i < ARRAY_SIZE(phrases); i++)
        if (matches(strbuf_text(&words), phrases[i].words))
            return phrases[i].reason;
    return REASON_NONE;
}

static const struct {
    enum refusal_stage stage;
    const char *words;
} stages[] = {
    {STAGE_DATA, "in reply to end of data"},
    {STAGE_DATA, "in reply to data command"},
    {STAGE_DATA, "after end of data"},
    {STAGE_DATA, "for text command"},
    {STAGE_DATA, "our final data"},
    {STAGE_DATA, "failed after i sent the message"},
    {STAGE_DATA, "error following data"},
    {STAGE_DATA, "other mail system problem"}, /* IronPort's; not of RCPT */
    {STAGE_RCPT, "in reply to rcpt to"},
    {STAGE_RCPT, "after rcpt"},
    {STAGE_RCPT, "does not like recipient"},
    {STAGE_RCPT, "our rcpt to"},
    {STAGE_RCPT, "[rcpt_to]"},
    {STAGE_MAIL, "in reply to mail from"},
    {STAGE_MAIL, "after mail from"},
    {STAGE_MAIL, "sender was rejected"},
    {STAGE_CONNECT, "after initial connection"},
    {STAGE_CONNECT, "while receiving the initial server greeting"},
};

/* The last command before the first refusal, in a transcript:
 * ">>> DATA", "<<< 550 …". */
static enum refusal_stage transcript_stage(struct str text)
{
    static const struct {
        const char *command;
        enum refusal_stage stage;
    } commands[] = {{"MAIL", STAGE_MAIL},    {"RCPT", STAGE_RCPT},
                    {"DATA", STAGE_DATA},    {".", STAGE_DATA},
                    {"EHLO", STAGE_CONNECT}, {"HELO", STAGE_CONNECT}};
    enum refusal_stage stage = STAGE_UNKNOWN;
    struct str line;
    /* With PIPELINING the answer to RCPT stands behind DATA. */
    if (str_find_str(text, STR("no valid recipients")) < text.len ||
        str_find_str(text, STR("<<< 503")) < text.len)
        return STAGE_RCPT;
    while (str_next_line(&text, &line)) {
        line = str_trim(line);
        if (str_starts(line, STR("<<< 4")) || str_starts(line, STR("<<< 5")))
            return stage;
        if (!str_starts(line, STR(">>> ")))
            continue;
        for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
            if (str_starts_nocase(str_from(line, 4),
                                  str_of(commands[i].command)))
                stage = commands[i].stage;
    }
    return STAGE_UNKNOWN;
}

enum refusal_stage phrases_stage(struct str text)
{
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    words_of(text, &words);
    for (size_t i = 0; i < ARRAY_SIZE(stages); i++)
        if (strstr(strbuf_text(&words), stages[i].words))
            return stages[i].stage;
    return transcript_stage(text);
}

bool phrases_failure(struct str text)
{
    static const char *const failures[] = {
        "could not be delivered",    "couldn't be delivered",
        "was not delivered",         "unable to deliver",
        "not able to deliver",       "cannot be delivered",
        "can't be delivered",        "delivery failed",
        "delivery has failed",       "failed permanently",
        "delivery to the following", "undeliverable",
        "returned to sender",        "permanent error",
        "permanent fatal errors",    "rejected by the recipient",
    };
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    words_of(text, &words);
    for (size_t i = 0; i < ARRAY_SIZE(failures); i++)
        if (strstr(strbuf_text(&words), failures[i]))
            return true;
    return false;
}

bool phrases_delayed(struct str text)
{
    static const char *const delays[] = {
        "has been delayed",
        "is delayed for more than",
        "this is a warning message only",
        "you do not need to resend",
        "do not need to re-send",
        "not yet been delivered",
        "has not been delivered yet",
        "could not send message for past",
        "will keep trying",
        "continue to try",
        "only a temporary failure report",
        "delivery attempts will continue",
        "will be retried for",
        "delayed mail (still being retried)",
        "noch nicht zugestellt",
        "n'a pas encore été",
    };
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    words_of(text, &words);
    for (size_t i = 0; i < ARRAY_SIZE(delays); i++)
        if (strstr(strbuf_text(&words), delays[i]))
            return true;
    return false;
}
