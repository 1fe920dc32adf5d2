/* The practical limit of libcurl's own SMTP upload: one multi loop that keeps
 * so many connections busy with the same message, to other recipients. For
 * comparison by tests/bench/send.
 *
 * usage: bench_curl_multi URL MESSAGES FILE CONNECTIONS */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct upload {
    CURL *easy;
    struct curl_slist *to;
    size_t at;
};

static char *message;
static size_t message_size;
static long given, total, sent, failed;

static size_t read_message(char *buffer, size_t size, size_t count,
                           void *context)
{
    struct upload *upload = context;
    size_t room = size * count, left = message_size - upload->at;
    size_t part = left < room ? left : room;
    memcpy(buffer, message + upload->at, part);
    upload->at += part;
    return part;
}

static void give(CURLM *multi, struct upload *upload)
{
    char to[64];
    if (given == total)
        return;
    snprintf(to, sizeof to, "<reader%ld@example.net>", ++given);
    curl_slist_free_all(upload->to);
    upload->to = curl_slist_append(NULL, to);
    upload->at = 0;
    curl_easy_setopt(upload->easy, CURLOPT_MAIL_RCPT, upload->to);
    curl_multi_add_handle(multi, upload->easy);
}

static void prepare(struct upload *upload, const char *url)
{
    upload->easy = curl_easy_init();
    curl_easy_setopt(upload->easy, CURLOPT_URL, url);
    curl_easy_setopt(upload->easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(upload->easy, CURLOPT_MAIL_FROM, "<bench@example.org>");
    curl_easy_setopt(upload->easy, CURLOPT_READFUNCTION, read_message);
    curl_easy_setopt(upload->easy, CURLOPT_READDATA, upload);
    curl_easy_setopt(upload->easy, CURLOPT_INFILESIZE_LARGE,
                     (curl_off_t)message_size);
    curl_easy_setopt(upload->easy, CURLOPT_PRIVATE, upload);
}

static void take_results(CURLM *multi)
{
    CURLMsg *done;
    int left;
    while ((done = curl_multi_info_read(multi, &left))) {
        struct upload *upload = NULL;
        if (done->msg != CURLMSG_DONE)
            continue;
        if (done->data.result == CURLE_OK)
            sent++;
        else
            failed++;
        curl_easy_getinfo(done->easy_handle, CURLINFO_PRIVATE, &upload);
        curl_multi_remove_handle(multi, done->easy_handle);
        give(multi, upload);
    }
}

static int read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return 0;
    fseek(file, 0, SEEK_END);
    message_size = (size_t)ftell(file);
    rewind(file);
    message = malloc(message_size + 1);
    if (!message || fread(message, 1, message_size, file) != message_size)
        message_size = 0;
    fclose(file);
    return message_size > 0;
}

int main(int argc, char **argv)
{
    if (argc != 5 || !read_file(argv[3])) {
        fputs("usage: bench_curl_multi URL MESSAGES FILE CONNECTIONS\n",
              stderr);
        return 64;
    }
    total = strtol(argv[2], NULL, 10);
    int connections = (int)strtol(argv[4], NULL, 10), running = 1;
    CURLM *multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)connections);
    struct upload *uploads = calloc((size_t)connections, sizeof *uploads);
    if (!uploads)
        return 1;
    for (int i = 0; i < connections; i++) {
        prepare(&uploads[i], argv[1]);
        give(multi, &uploads[i]);
    }
    while (sent + failed < total) {
        curl_multi_perform(multi, &running);
        take_results(multi);
        curl_multi_perform(multi, &running);
        if (running)
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    printf("%ld sent, %ld failed\n", sent, failed);
    return failed != 0;
}
