/*
 * answer - writes header fields in the order of Go's server.
 *
 * Pure.  Nothing of the request is repeated in the head except a cleaned
 * Location, which http_put_field() refuses if it could break the line.
 */
#include "checkpoint-agent/front/answer.h"

#include "lib/net/http.h"

#include <assert.h>

static const char *const content_type[] = {
	[ANSWER_EMPTY] = NULL,
	[ANSWER_TEXT] = "text/plain; charset=utf-8",
	[ANSWER_NOSNIFF] = "text/plain; charset=utf-8",
	[ANSWER_JSON] = "application/json",
	[ANSWER_METRICS] = "text/plain; version=0.0.4; charset=utf-8",
	[ANSWER_TAR] = "application/x-tar",
};
static_assert(sizeof(content_type) / sizeof(content_type[0]) == ANSWER_TYPES,
	"a content type for each kind");

static void put_type(const struct answer *a, struct buf *b)
{
	http_put_field(b, "Content-Type", str_of(content_type[a->type]));
}

/* The fields that a Go handler sets itself, in alphabetical order. */
static void put_own_fields(const struct answer *a, struct buf *b)
{
	if (a->entity_tag.n > 0)
		http_put_field(b, "Accept-Ranges", STR("bytes"));
	if (a->allow != NULL)
		http_put_field(b, "Allow", str_of(a->allow));
	if (a->content_range.n > 0)
		http_put_field(b, "Content-Range", a->content_range);
	if (a->type != ANSWER_EMPTY && a->type != ANSWER_TEXT)
		put_type(a, b);
	if (a->entity_tag.n > 0)
		http_put_field(b, "Etag", a->entity_tag);
	if (a->location.n > 0)
		http_put_field(b, "Location", a->location);
	if (a->type == ANSWER_NOSNIFF)
		http_put_field(b, "X-Content-Type-Options", STR("nosniff"));
}

void answer_write(
	const struct answer *a, const struct answer_frame *f, struct buf *b)
{
	http_put_status(b, f->minor, a->status);
	put_own_fields(a, b);
	http_put_date(b, f->unix_s);
	http_put_number(b, "Content-Length", a->body.n + a->stream_bytes);
	if (a->type == ANSWER_TEXT)
		put_type(a, b);
	if (!f->is_kept)
		http_put_field(b, "Connection", STR("close"));
	else if (f->minor == 0)
		http_put_field(b, "Connection", STR("keep-alive"));
	http_put_end(b);
	if (!f->is_head)
		buf_str(b, a->body);
}

struct answer answer_text(unsigned status, struct str body)
{
	return (struct answer){
		.status = status, .type = ANSWER_TEXT, .body = body};
}

/* What Go says of a head, and no more: its other errors are silent. */
static const struct {
	const char *words; /* of the parser */
	unsigned status;
	const char *text;
} malformed[] = {
	{"missing required Host header", 400,
		"400 Bad Request: missing required Host header"},
	{"malformed Host header", 400,
		"400 Bad Request: malformed Host header"},
	{"invalid header name", 400, "400 Bad Request: invalid header name"},
	{"unsupported transfer encoding", 501, "Unsupported transfer encoding"},
	{"unsupported protocol version", 505,
		"505 HTTP Version Not Supported: unsupported protocol version"},
};

struct answer answer_malformed(const struct err *e)
{
	if (e != NULL && e->kind == ERR_LIMIT)
		return answer_text(
			431, STR("431 Request Header Fields Too Large"));
	for (size_t i = 0;
		e != NULL && i < sizeof(malformed) / sizeof(malformed[0]); i++)
		if (str_is(str_of(e->text), malformed[i].words))
			return answer_text(
				malformed[i].status, str_of(malformed[i].text));
	return answer_text(400, STR("400 Bad Request"));
}
