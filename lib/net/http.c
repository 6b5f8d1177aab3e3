/*
 * http - the first lines of requests and responses, and whole heads, parsed
 * strictly (RFC 9112).
 *
 * http_head.c checks the bytes of a head, its fields and what they say of the
 * body; this file parses what stands before the fields, and adds the rules that
 * hold for requests and for responses alone.
 *
 * Refused: obsolete folding, blanks before a colon, versions other than 1.0 and
 * 1.1, several or conflicting Content-Length and Transfer-Encoding, codings
 * other than chunked.
 */
#include "lib/net/http.h"

#include "lib/net/http_head.h"

#define METHOD_BYTES_MAX 32

/* HTTP, but neither 1.0 nor 1.1 nor what nobody has defined, such as 1.2. */
static bool is_other_version(struct str s)
{
	return s.n == 8 && str_has_prefix(s, STR("HTTP/")) && s.p[5] >= '0' &&
	       s.p[5] <= '9' && s.p[5] != '1' && s.p[6] == '.' &&
	       s.p[7] >= '0' && s.p[7] <= '9';
}

static int parse_version(struct str s, unsigned *minor, struct err *e)
{
	if (str_is(s, "HTTP/1.1"))
		*minor = 1;
	else if (str_is(s, "HTTP/1.0"))
		*minor = 0;
	else if (is_other_version(s))
		return err_kind(e, ERR_INPUT, "unsupported protocol version");
	else
		return err_kind(e, ERR_INPUT, "not HTTP/1.0 or HTTP/1.1");
	return 0;
}

/* Bytes of a host with its port, as Go allows them in Host. */
static bool is_authority(struct str s)
{
	static const char others[] = "!$%&()*+,-.:;=['_]~";

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
			!(c >= 'A' && c <= 'Z') &&
			str_find((struct str){others, sizeof(others) - 1}, c) ==
				sizeof(others) - 1)
			return false;
	}
	return true;
}

/* RFC 3986 3.2.3: after an address in brackets, or the only colon. */
static bool has_good_port(struct str authority)
{
	size_t at = str_find(authority, authority.p[0] == '[' ? ']' : ':');

	if (authority.p[0] == '[' && at++ == authority.n)
		return false;
	if (at < authority.n && authority.p[at] != ':')
		return false;
	for (size_t i = at + 1; i < authority.n; i++)
		if (authority.p[i] < '0' || authority.p[i] > '9')
			return false;
	return true;
}

/* How long "http://" is, in any case of letters; 0: it is something else. */
static size_t scheme_length(struct str target)
{
	static const struct str schemes[] = {{"http://", 7}, {"https://", 8}};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (str_ieq(str_sub(target, 0, schemes[i].n), schemes[i]))
			return schemes[i].n;
	return 0;
}

/*
 * Cut "http://HOST" off an absolute target.  Whoever is meant by HOST, the
 * request came to us; its name decides nothing here.
 */
static int skip_authority(struct str *target, struct err *e)
{
	size_t n = scheme_length(*target), end = n;
	struct str authority;

	while (end < target->n && target->p[end] != '/' &&
		target->p[end] != '?')
		end++;
	authority = str_sub(*target, n, end - n);
	if (n == 0 || end == n || !is_authority(authority) ||
		!has_good_port(authority))
		return err_kind(e, ERR_INPUT, "request target is not a path");
	*target = str_sub(*target, end, target->n);
	return 0;
}

/* RFC 9112 3.2; bytes above ASCII and '#' are a path's, as in Go. */
static int parse_target(
	struct str target, struct http_request *r, struct err *e)
{
	size_t mark;

	for (size_t i = 0; i < target.n; i++)
		if (target.p[i] == ' ' || http_is_control(target.p[i]) ||
			target.p[i] == '\t')
			return err_kind(e, ERR_INPUT,
				"request target has a byte that must be "
				"encoded");
	if (!str_is(target, "*") && (target.n == 0 || target.p[0] != '/') &&
		skip_authority(&target, e) < 0)
		return -1;
	mark = str_find(target, '?');
	r->path = (struct str){target.p, mark};
	r->query = str_sub(target, mark + 1, target.n);
	return 0;
}

static int parse_request_line(
	struct str line, struct http_request *r, struct err *e)
{
	struct str target;

	if (!str_cut(&line, ' ', &r->method) || !str_cut(&line, ' ', &target) ||
		line.p == NULL)
		return err_kind(e, ERR_INPUT, "malformed request line");
	if (!http_is_token(r->method) || r->method.n > METHOD_BYTES_MAX)
		return err_kind(e, ERR_INPUT, "malformed method");
	if (parse_version(line, &r->head.minor, e) < 0)
		return -1;
	return parse_target(target, r, e);
}

/* RFC 9110 10.1.1; an HTTP/1.0 client does not wait. */
static void find_expectation(struct http_request *r)
{
	const struct http_head *h = &r->head;
	struct str value;

	if (!http_field_get(h, "Expect", &value) || value.n == 0)
		return;
	if (!http_field_has(h, "Expect", "100-continue"))
		r->expects_the_unknown = true;
	else
		r->wants_continue =
			h->minor > 0 &&
			(h->framing == HTTP_CHUNKED || h->length > 0);
}

int http_request_parse(struct str head, struct http_request *r, struct err *e)
{
	struct str host;

	*r = (struct http_request){.head.minor = 0};
	if (parse_request_line(http_take_line(&head), r, e) < 0 ||
		http_head_fields(head, &r->head, e) < 0 ||
		http_head_framing(&r->head, e) < 0 ||
		http_field_single(&r->head, "Host", &host, e) < 0)
		return -1;
	if (host.p == NULL && r->head.minor > 0)
		return err_kind(e, ERR_INPUT, "missing required Host header");
	if (!is_authority(host))
		return err_kind(e, ERR_INPUT, "malformed Host header");
	http_head_persistence(&r->head);
	find_expectation(r);
	return 0;
}

static int parse_status_line(
	struct str line, struct http_response *r, struct err *e)
{
	struct str version, code;
	uint64_t status;

	if (!str_cut(&line, ' ', &version) || !str_cut(&line, ' ', &code))
		return err_kind(e, ERR_INPUT, "malformed status line");
	if (parse_version(version, &r->head.minor, e) < 0)
		return -1;
	if (code.n != 3 || str_u64(code, 100, 599, &status) < 0)
		return err_kind(e, ERR_INPUT, "malformed status");
	r->status = (unsigned)status;
	return 0;
}

int http_response_parse(
	struct str head, bool to_head, struct http_response *r, struct err *e)
{
	struct http_head *h = &r->head;

	*r = (struct http_response){.status = 0};
	if (parse_status_line(http_take_line(&head), r, e) < 0 ||
		http_head_fields(head, h, e) < 0 || http_head_framing(h, e) < 0)
		return -1;
	http_head_persistence(h);
	/* RFC 9112 6.3 rule 1 */
	if (to_head || r->status < 200 || r->status == 204 ||
		r->status == 304) {
		h->framing = HTTP_NO_BODY;
	} else if (h->framing == HTTP_NO_BODY) {
		h->framing = HTTP_UNTIL_CLOSE;
		h->is_kept = false;
	}
	return 0;
}
