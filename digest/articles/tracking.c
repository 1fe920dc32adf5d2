/* Strips tracking parameters from addresses. */
#include "digest/articles/tracking.h"

#include "digest/base/mem.h"

/* Names in full, or up to a "*". */
static const char *const names[] = {
    "utm_*",
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "ysclid",
    "twclid",
    "ttclid",
    "igshid",
    "igsh",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "_hsenc",
    "_hsmi",
    "__hs*",
    "hsctatracking",
    "vero_*",
    "oly_*",
    "wickedid",
    "rb_clickid",
    "s_cid",
    "_openstat",
    "pk_*",
    "mtm_*",
    "piwik_*",
    "matomo_*",
    "at_medium",
    "at_campaign",
    "at_custom*",
    "xtor",
    "echobox",
    "ns_campaign",
    "ns_mchannel",
    "ns_source",
    "ns_linkname",
    "ocid",
    "cmpid",
    "_ga",
    "_gl",
    "ga_*",
    "wt_mc",
    "wt_zmc",
    "srsltid",
    "spm",
    "scm",
    "ito",
    "__twitter_impression",
    "feature_feed",
};

static bool is_tracking(struct str parameter)
{
    struct str name = str_cut(&parameter, '=');
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct str known = str_of(names[i]);
        bool begins = known.ptr[known.len - 1] == '*';
        known.len -= begins;
        if (begins ? str_starts_nocase(name, known)
                   : str_equal_nocase(name, known))
            return true;
    }
    return false;
}

/* Appends `mark` and the parameters that stay, if any do. */
static void add_kept(struct str parameters, char mark, struct strbuf *out)
{
    while (parameters.len) {
        size_t end = str_find(parameters, '&');
        struct str one = {parameters.ptr, end};
        parameters = str_from(parameters, end < parameters.len ? end + 1 : end);
        if (one.len == 0 || is_tracking(one))
            continue;
        strbuf_add_char(out, mark);
        strbuf_add_str(out, one);
        mark = '&';
    }
}

static bool has_tracking(struct str parameters)
{
    while (parameters.len)
        if (is_tracking(str_cut(&parameters, '&')))
            return true;
    return false;
}

void tracking_strip(struct str url, struct strbuf *out)
{
    struct str fragment = str_from(url, str_find(url, '#'));
    url.len -= fragment.len;
    struct str query = str_from(url, str_find(url, '?'));
    url.len -= query.len;
    strbuf_add_str(out, url);
    if (query.len && has_tracking(str_from(query, 1)))
        add_kept(str_from(query, 1), '?', out);
    else
        strbuf_add_str(out, query);
    if (fragment.len && has_tracking(str_from(fragment, 1)))
        add_kept(str_from(fragment, 1), '#', out);
    else
        strbuf_add_str(out, fragment);
}
