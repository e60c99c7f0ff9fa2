/* One handle of libcurl with the rules that hold for FTPS and HTTPS alike. */
#ifndef PUSH_WEB_H
#define PUSH_WEB_H

#include <curl/curl.h>

#include "push.h"

struct web {
	struct push *p;
	CURL *curl;
	struct err *e; /* of the call under way: callbacks fill it */
	bool told;     /* a callback has filled it */
	char why[CURL_ERROR_SIZE];
	struct job_file *f; /* what is sent, or compared */
	int64_t at, to;	    /* next byte, end */
	size_t body;	    /* bytes of a reply that nobody reads */
	bool same;	    /* nothing that came back differs so far */
	long code;	    /* the last reply's number, or the refusal's */
	long refused;	    /* of FTP: the last reply that was a refusal, 0: none */
	char refusal[200];
	int64_t offset; /* HTTP's Upload-Offset of the last reply, -1 without */
	/* The last byte is held back until dropd has said publish: with it the file appears. */
	bool hold, asked, withdrawn;
};

bool web_open(struct web *w, struct push *p, struct err *e);
void web_close(struct web *w);
/* Sets what every request begins with, forgetting the last one; the connection is kept. */
void web_reset(struct web *w, const char *protocols);
/* Runs it; false with reason and e when libcurl fails. w->code has the reply's number. */
bool web_run(struct web *w, const char *what, struct err *e);
/* Reads on from w->at in w->f up to w->to. */
void web_send_file(struct web *w);
/* Says "uploaded" and waits for the word; false when it is not "publish". */
bool web_ask(struct web *w);
/* Compares what comes with w->f from w->at. */
void web_compare_file(struct web *w);
/* Adds a name to a URL, with what a URL needs quoted. */
bool web_quote(struct web *w, struct buf *url, const char *text);

#endif
