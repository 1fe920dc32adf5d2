/* Recognises automatic replies by their fields and subjects. */
#include "digest/message/encoded_word.h"
#include "subscribers/bounces/autoreply_internal.h"

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"

static bool has_word(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcasestr(text, words[i]))
            return true;
    return false;
}

/* Subjects, in the languages that mail programs write them in. */
static const char *const away[] = {
    "out of office",
    "out of the office",
    "automatic reply",
    "auto reply",
    "autoreply",
    "auto-reply",
    "autoresponse",
    "auto response",
    "auto-response",
    "automated reply",
    "vacation",
    "on holiday",
    "on leave",
    "maternity leave",
    "abwesenheit",
    "automatische antwort",
    "absence du bureau",
    "réponse automatique",
    "reponse automatique",
    "risposta automatica",
    "fuori sede",
    "fuori ufficio",
    "respuesta automática",
    "respuesta automatica",
    "fuera de la oficina",
    "resposta automática",
    "fora do escritório",
    "ausência temporária",
    "automatisch antwoord",
    "afwezig",
    "automatiskt svar",
    "frånvaro",
    "automatisk svar",
    "fravær",
    "autosvar",
    "automaattinen vastaus",
    "odpowiedź automatyczna",
    "autoodpowiedź",
    "automatická odpověď",
    "автоответ",
    "Автоответ",
    "автоматический ответ",
    "Автоматический ответ",
    "Автоматична відповідь",
    "automatikus válasz",
    "automatski odgovor",
    "otomatik yanıt",
    "răspuns automat",
    "balasan otomatis",
    "trả lời tự động",
    "resposta automàtica",
    "Αυτόματη απάντηση",
    "תשובה אוטומטית",
    "رد تلقائي",
    "不在",
    "自動返信",
    "自动回复",
    "自动答复",
    "自動回覆",
    "부재중",
    "자동 회신",
};
static const char *const receipts[] = {
    "read receipt", "read:", "not read:", "gelesen:", "lu :", "leído:",
};
static const char *const challenges[] = {
    "challenge",
    "confirm your email to",
    "verify your message",
    "spam arrest",
    "boxbe",
    "please confirm your",
    "waiting for approval",
    "awaits moderator approval",
};

static const char *by_subject(const struct mail *mail)
{
    OWNED(strbuf_free) struct strbuf subject = STRBUF_INIT;
    encoded_words_decode(fields_get(&mail->fields, "Subject"), &subject);
    const char *text = strbuf_text(&subject);
    if (has_word(text, away, ARRAY_SIZE(away)))
        return "vacation";
    if (has_word(text, challenges, ARRAY_SIZE(challenges)))
        return "challenge";
    for (size_t i = 0; i < ARRAY_SIZE(receipts); i++)
        if (str_starts_nocase(strbuf_str(&subject), str_of(receipts[i])))
            return "receipt";
    return NULL;
}

/* A field that says so; a value of NULL: whatever it holds but "no". */
static const char *by_field(const struct mail *mail)
{
    static const struct {
        const char *field, *value, *kind;
    } rows[] = {
        {"Auto-Submitted", NULL, "automatic"},
        {"X-Autoreply", NULL, "vacation"},
        {"X-Autorespond", NULL, "vacation"},
        {"X-Autoresponse", NULL, "vacation"},
        {"X-Autoreply-From", NULL, "vacation"},
        {"X-Mail-Autoreply", NULL, "vacation"},
        {"Precedence", "auto_reply", "vacation"},
        {"Precedence", "auto-reply", "vacation"},
        {"X-Precedence", "auto_reply", "vacation"},
        {"X-POST-MessageClass", "9; Autoresponder", "vacation"},
        {"Delivered-To", "Autoresponder", "vacation"},
        {"X-FC-MachineGenerated", "true", "automatic"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct str value = fields_get(&mail->fields, rows[i].field);
        if (value.ptr &&
            (rows[i].value ? str_equal_nocase(value, str_of(rows[i].value))
                           : !str_starts_nocase(value, STR("no"))))
            return rows[i].kind;
    }
    return NULL;
}

const char *autoreply_kind(const struct mail *mail)
{
    if (mail_part(mail, "message/disposition-notification"))
        return "receipt";
    const char *kind = by_subject(mail);
    return kind ? kind : by_field(mail);
}

/* ---- mail systems ---- */

static const char *const system_senders[] = {
    "mailer-daemon", "mailer_daemon",      "postmaster",          "post_master",
    "poostmaster",   "mail delivery",      "mail.delivery",       "mail-daemon",
    "maildaemon",    "mail administrator", "mail deliver system", "mdaemon",
    "bounce",
};
static const char *const system_subjects[] = {
    "undeliver",
    "failure notice",
    "delivery fail",
    "failure delivery",
    "delivery status",
    "delivery notification",
    "returned mail",
    "mail failure",
    "message could not be delivered",
    "mail could not be delivered",
    "delivery has failed",
    "non-delivery",
    "nondeliverable",
    "delivery report",
    "mail system error",
    "returned to sender",
    "returning message",
    "delayed mail",
    "could not send message",
    "error sending your mail",
    "delivery problem",
    "delivery error",
    "loop alert",
    "not delivered",
    "couldn't be delivered",
    "permanent delivery",
    "unzustellbar",
    "nicht zugestellt",
    "non remis",
    "non recapitabile",
    "no se puede entregar",
    "não entregue",
    "blocked by our bulk email",
};

bool from_mail_system(const struct mail *mail)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    if (fields_get(&mail->fields, "X-Failed-Recipients").ptr)
        return true;
    struct str from = fields_get(&mail->fields, "From");
    encoded_words_decode(from, &text);
    if (has_word(strbuf_text(&text), system_senders,
                 ARRAY_SIZE(system_senders)))
        return true;
    strbuf_cut(&text, 0);
    encoded_words_decode(fields_get(&mail->fields, "Subject"), &text);
    if (has_word(strbuf_text(&text), system_subjects,
                 ARRAY_SIZE(system_subjects)))
        return true;
    return false;
}
