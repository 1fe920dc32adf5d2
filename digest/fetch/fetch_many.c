/* Fetches many addresses at a time, one after another from each host. */
#include <curl/curl.h>

#include "digest/base/mem.h"
#include "digest/fetch/fetch_internal.h"

enum { AT_ONCE = 32, WAIT_MS = 1000, MOMENT_MS = 20, NONE = -1 };

/* A lane: the requests to one host:port, one after another. */
struct lane {
    char *host;
    ptrdiff_t next, last; /* requests that wait; NONE: no more */
    char *follow_url;     /* asked for by what was taken last; it goes first */
    size_t follow_index;
    bool is_busy;
};

struct transfer {
    struct fetch fetch;
    struct fetch_reply reply;
    size_t index;
    char *follow_url; /* NULL: as it was asked */
    size_t lane;
};

struct crowd {
    const struct fetch_crowd *asked;
    CURLM *multi;
    struct lane *lanes;
    size_t lane_count, lane_capacity;
    ptrdiff_t *after; /* the request that follows in its lane */
    struct transfer **running;
    size_t running_count, at_once;
    size_t turn; /* the lane to begin with */
};

static void end_url(CURLU **url)
{
    curl_url_cleanup(*url);
}

/* The host and port of an address; a text that is no address has a lane too,
 * and fails where it is fetched. */
static char *host_of(const char *address)
{
    OWNED(end_url) CURLU *url = curl_url();
    char *host = NULL, *port = NULL, *name = NULL;
    if (url && curl_url_set(url, CURLUPART_URL, address, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) ==
            CURLUE_OK)
        name = mem_format("%s:%s", host, port);
    curl_free(host);
    curl_free(port);
    for (char *c = name; c && *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c | 0x20);
    return name ? name : mem_copy("");
}

static struct lane *lane_of(struct crowd *crowd, const char *address)
{
    char *host = host_of(address);
    for (size_t i = 0; i < crowd->lane_count; i++) {
        if (strcmp(crowd->lanes[i].host, host) == 0) {
            free(host);
            return &crowd->lanes[i];
        }
    }
    struct lane lane = {.host = host, .next = NONE, .last = NONE};
    MEM_PUSH(crowd->lanes, crowd->lane_count, crowd->lane_capacity, lane);
    return &crowd->lanes[crowd->lane_count - 1];
}

static void line_up(struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->asked->count; i++) {
        struct lane *lane = lane_of(crowd, crowd->asked->requests[i].url);
        crowd->after[i] = NONE;
        if (lane->last == NONE)
            lane->next = (ptrdiff_t)i;
        else
            crowd->after[lane->last] = (ptrdiff_t)i;
        lane->last = (ptrdiff_t)i;
    }
}

static void end_transfer(struct crowd *crowd, struct transfer *transfer)
{
    if (transfer->fetch.curl)
        curl_multi_remove_handle(crowd->multi, transfer->fetch.curl);
    fetch_end(&transfer->fetch);
    fetch_reply_free(&transfer->reply);
    free(transfer->follow_url);
    free(transfer);
}

/* A following request of the same task goes before those that wait. */
static void choose_next(struct crowd *crowd, struct lane *lane,
                        struct transfer *transfer)
{
    if (lane->follow_url) {
        transfer->index = lane->follow_index;
        transfer->follow_url = TAKE(lane->follow_url);
        return;
    }
    transfer->index = (size_t)lane->next;
    lane->next = crowd->after[transfer->index];
}

static bool begin_next(struct crowd *crowd, size_t index, struct err *err)
{
    struct lane *lane = &crowd->lanes[index];
    struct transfer *transfer = MEM_NEW(struct transfer);
    transfer->lane = index;
    choose_next(crowd, lane, transfer);
    const struct fetch_request *request =
        &crowd->asked->requests[transfer->index];
    struct fetch_options options = request->options;
    if (transfer->follow_url)
        options.etag = options.last_modified = NULL;
    if (!fetch_start(&transfer->fetch,
                     transfer->follow_url ? transfer->follow_url : request->url,
                     &options, &transfer->reply, err)) {
        end_transfer(crowd, transfer);
        return false;
    }
    curl_easy_setopt(transfer->fetch.curl, CURLOPT_PRIVATE, transfer);
    curl_multi_add_handle(crowd->multi, transfer->fetch.curl);
    lane->is_busy = true;
    crowd->running[crowd->running_count++] = transfer;
    return true;
}

/* Round the lanes, so that a long one doesn't keep the others waiting. */
static bool begin_more(struct crowd *crowd, struct err *err)
{
    for (size_t i = 0; i < crowd->lane_count; i++) {
        size_t index = (crowd->turn + i) % crowd->lane_count;
        const struct lane *lane = &crowd->lanes[index];
        if (crowd->running_count == crowd->at_once)
            break;
        if (!lane->is_busy && (lane->next != NONE || lane->follow_url) &&
            !begin_next(crowd, index, err))
            return false;
    }
    crowd->turn++;
    return true;
}

static void forget(struct crowd *crowd, const struct transfer *transfer)
{
    size_t i = 0;
    while (crowd->running[i] != transfer)
        i++;
    crowd->running[i] = crowd->running[--crowd->running_count];
}

static bool take(struct crowd *crowd, struct transfer *transfer,
                 const struct err *why, struct err *err)
{
    struct lane *lane = &crowd->lanes[transfer->lane];
    char *follow_url = NULL;
    bool good = crowd->asked->take(crowd->asked->context, transfer->index,
                                   &transfer->reply, why, &follow_url, err);
    if (!follow_url)
        return good;
    lane->follow_url = follow_url;
    lane->follow_index = transfer->index;
    return good && begin_more(crowd, err);
}

/* The next one is asked for before this one is taken, so that the server
 * works meanwhile. */
static bool finish(struct crowd *crowd, struct transfer *transfer,
                   CURLcode code, struct err *err)
{
    struct err why = {0};
    bool good = fetch_finish(&transfer->fetch, (int)code, &why);
    forget(crowd, transfer);
    crowd->lanes[transfer->lane].is_busy = false;
    bool taken = begin_more(crowd, err);
    int left = 0;
    curl_multi_perform(crowd->multi, &left);
    taken = taken && take(crowd, transfer, good ? NULL : &why, err);
    end_transfer(crowd, transfer);
    return taken;
}

static bool finish_done(struct crowd *crowd, struct err *err)
{
    CURLMsg *message;
    int left = 0;
    while ((message = curl_multi_info_read(crowd->multi, &left))) {
        struct transfer *transfer = NULL;
        CURLcode code = message->data.result;
        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
                          (char **)&transfer);
        if (!finish(crowd, transfer, code, err))
            return false;
    }
    return true;
}

/* Waits a moment, and only then for long. */
static bool wait(struct crowd *crowd, CURLMcode *code, struct err *err)
{
    int ready = 0;
    *code = curl_multi_poll(crowd->multi, NULL, 0, MOMENT_MS, &ready);
    if (*code != CURLM_OK || ready)
        return true;
    if (crowd->asked->rest && !crowd->asked->rest(crowd->asked->context, err))
        return false;
    *code = curl_multi_poll(crowd->multi, NULL, 0, WAIT_MS, NULL);
    return true;
}

static bool run(struct crowd *crowd, struct err *err)
{
    if (!begin_more(crowd, err))
        return false;
    while (crowd->running_count) {
        int left = 0;
        CURLMcode code = curl_multi_perform(crowd->multi, &left);
        if (code == CURLM_OK && !finish_done(crowd, err))
            return false;
        if (code == CURLM_OK && left && !wait(crowd, &code, err))
            return false;
        if (code != CURLM_OK)
            return err_set(err, ERR_IO, "fetching stopped: %s",
                           curl_multi_strerror(code));
    }
    return true;
}

static void crowd_free(struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->running_count; i++)
        end_transfer(crowd, crowd->running[i]);
    for (size_t i = 0; i < crowd->lane_count; i++) {
        free(crowd->lanes[i].host);
        free(crowd->lanes[i].follow_url);
    }
    free(crowd->lanes);
    free(crowd->after);
    free(crowd->running);
    curl_multi_cleanup(crowd->multi);
}

bool fetch_many(const struct fetch_crowd *asked, struct err *err)
{
    size_t at_once = asked->at_once ? asked->at_once : AT_ONCE;
    OWNED(crowd_free)
    struct crowd crowd = {
        .asked = asked,
        .multi = curl_multi_init(),
        .at_once = at_once,
        .after = MEM_NEW_ARRAY(ptrdiff_t, asked->count + 1),
        .running = MEM_NEW_ARRAY(struct transfer *, at_once),
    };
    if (!crowd.multi)
        return err_set(err, ERR_IO, "libcurl doesn't start");
    line_up(&crowd);
    return run(&crowd, err);
}
