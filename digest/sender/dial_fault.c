/* Words why a connection couldn't be opened, and what to do about it. */
#include "digest/sender/dial_fault_internal.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/str.h"

struct cause {
    CURLcode code;
    enum err_kind kind;
    const char *what, *remedy;
};

static const struct cause causes[] = {
    {CURLE_COULDNT_RESOLVE_HOST, ERR_TEMPORARY, "its name is not known",
     "check the host in the transport's url, and this machine's DNS"},
    {CURLE_COULDNT_CONNECT, ERR_TEMPORARY, "cannot be reached",
     "check host and port in the transport's url, and that the server runs"},
    {CURLE_OPERATION_TIMEDOUT, ERR_TEMPORARY, "didn't answer in time",
     "check host and port, and that no firewall stands between"},
    {CURLE_SSL_CACERT_BADFILE, ERR_PERMANENT,
     "the file of trusted certificates cannot be read",
     "check ca_file in the transport"},
    {CURLE_SSL_CONNECT_ERROR, ERR_TEMPORARY, "TLS could not be agreed",
     "check that the port speaks TLS (smtps:// from the first byte, usually "
     "465; smtp:// after STARTTLS, usually 587)"},
    {CURLE_USE_SSL_FAILED, ERR_PERMANENT, "offers no STARTTLS",
     "use smtps:// or the port that offers it; tls: none sends in the clear "
     "and is for loopback alone"},
    {CURLE_LOGIN_DENIED, ERR_PERMANENT, "refused to let us in", NULL},
    {CURLE_GOT_NOTHING, ERR_TEMPORARY, "closed the connection",
     "try again later"},
    {CURLE_RECV_ERROR, ERR_TEMPORARY, "broke the connection off",
     "try again later"},
    {CURLE_SEND_ERROR, ERR_TEMPORARY, "broke the connection off",
     "try again later"},
    {CURLE_WEIRD_SERVER_REPLY, ERR_TEMPORARY, "said what can't be understood",
     "check that it is an SMTP server"},
    {CURLE_REMOTE_ACCESS_DENIED, ERR_TEMPORARY, "refused our EHLO",
     "check `helo`, the name that we give"},
    {CURLE_URL_MALFORMAT, ERR_PERMANENT, "isn't an address",
     "check the transport's url"},
};

static const struct cause *find_cause(CURLcode code)
{
    static const struct cause other = {CURLE_OK, ERR_TEMPORARY,
                                       "cannot be used", "try again later"};
    for (size_t i = 0; i < ARRAY_SIZE(causes); i++) {
        if (causes[i].code == code)
            return &causes[i];
    }
    return &other;
}

/* The code of the server's last line when it is a refusal, or 0. */
static int refusal(const struct dial_report *report)
{
    const char *line = report->last_line;
    if (report->lines && (line[0] == '4' || line[0] == '5') &&
        strspn(line, "0123456789") == 3)
        return (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
    return 0;
}

static void describe_login(const struct dial_report *report, struct err *fault)
{
    const char *file = report->settings->password_file;
    bool temporary = report->last_line[0] == '4';
    bool refused = refusal(report) != 0;
    err_set(fault, temporary ? ERR_TEMPORARY : ERR_PERMANENT,
            "AUTH as %s %s%s; check the user in the transport's url and the "
            "password in %s",
            report->url->user ? report->url->user : "nobody",
            refused ? "was refused: " : "by PLAIN or LOGIN isn't offered",
            refused ? report->last_line : "",
            file ? file : "the file that password_file names");
}

static bool name_relay(const struct dial_report *report, struct err *fault)
{
    const struct smtp_url *url = report->url;
    err_context(fault, url->ipv6 ? "%s://[%s]:%u" : "%s://%s:%u",
                url->tls ? "smtps" : "smtp", url->host, url->port);
    return true;
}

/* GnuTLS's complaint about a certificate, with the remedy. */
static const char *certificate_fault(long verify)
{
    static const struct {
        long bit;
        const char *words;
    } faults[] = {
        {1L << 5, "it was revoked; its operator has to replace it"},
        {1L << 10, "it has expired; its operator has to renew it"},
        {1L << 9, "it isn't valid yet; check this machine's clock"},
        {1L << 8, "it is signed by a method that is no longer safe; its "
                  "operator has to replace it"},
        {1L << 6 | 1L << 7,
         "nobody whom this machine trusts has signed it; name the certificate "
         "of its authority with ca_file"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
        if (verify & faults[i].bit)
            return faults[i].words;
    return "it is damaged; its operator has to replace it";
}

static void describe_certificate(const struct dial_report *report,
                                 struct err *fault)
{
    struct str prefix = STR("SSL: certificate subject name (");
    struct str detail = str_of(report->detail);
    if (report->verify || !str_starts(detail, prefix)) {
        err_set(fault, ERR_PERMANENT, "its certificate cannot be trusted: %s",
                certificate_fault(report->verify));
        return;
    }
    detail = str_from(detail, prefix.len);
    err_set(fault, ERR_PERMANENT,
            "its certificate is for %.*s; use that name in the transport's url",
            (int)str_find(detail, ')'), detail.ptr);
}

/* Words for whoever set the relay up; libcurl's own are in the log. */
static void describe(const struct dial_report *report, int code,
                     struct err *fault)
{
    const struct cause *cause = find_cause((CURLcode)code);
    char why[128] = "";
    if (code == CURLE_PEER_FAILED_VERIFICATION) {
        describe_certificate(report, fault);
        return;
    }
    if (code == CURLE_COULDNT_CONNECT && report->os_errno) {
        const char *words = strerror(report->os_errno);
        snprintf(why, sizeof why, ": %c%s", words[0] | 32, words + 1);
    }
    err_set(fault, cause->kind, "%s%s; %s", cause->what, why, cause->remedy);
}

bool dial_fault(const struct dial_report *report, int code, struct err *fault)
{
    bool wants_auth = report->url->user && report->settings->password;
    if (code == CURLE_OK && (!wants_auth || report->caps->authenticated))
        return false;
    if (code == CURLE_OK || code == CURLE_LOGIN_DENIED) {
        describe_login(report, fault);
        return name_relay(report, fault);
    }
    log_detail("%s: libcurl says %d %s", report->settings->url, code,
               report->detail);
    int said = refusal(report);
    /* The server's own refusal outweighs libcurl's name for it. */
    if (said && code != CURLE_PEER_FAILED_VERIFICATION &&
        code != CURLE_USE_SSL_FAILED)
        err_set(fault, said >= 500 ? ERR_PERMANENT : ERR_TEMPORARY,
                "refused the connection: %s; %s", report->last_line,
                said >= 500 ? "ask its operator what it wants of us"
                            : "try again later");
    else
        describe(report, code, fault);
    return name_relay(report, fault);
}
