/*
 * http - heads of requests and responses, parsed strictly (RFC 9112).
 *
 * A head is first measured (http_head_length), which also settles the bytes:
 * lines end in CR LF, no other control byte but tab occurs.  Then it is cut
 * into its first line and fields, and the fields that decide on framing are
 * looked at together.
 *
 * Refused: obsolete folding, blanks before a colon, targets that are not in
 * origin form, versions other than 1.0 and 1.1, several or conflicting
 * Content-Length and Transfer-Encoding, codings other than chunked.
 */
#include "lib/net/http.h"

#define METHOD_BYTES_MAX 32

static bool is_control(char c)
{
	unsigned char u = (unsigned char)c;

	return (u < 0x20 && u != '\t') || u == 0x7f;
}

int http_head_length(struct str in, size_t *length, struct err *e)
{
	size_t line = 0, i = 0;

	while (i < in.n && i < HTTP_HEAD_BYTES_MAX) {
		if (in.p[i] != '\r') {
			if (is_control(in.p[i]))
				return err_kind(
					e, ERR_INPUT, "control byte in a head");
			i++;
			continue;
		}
		if (i + 1 == in.n)
			break;
		if (in.p[i + 1] != '\n')
			return err_kind(e, ERR_INPUT, "bare CR in a head");
		if (i == line && i == 0)
			return err_kind(e, ERR_INPUT, "empty first line");
		i += 2;
		if (i - 2 == line && i <= HTTP_HEAD_BYTES_MAX) {
			*length = i;
			return 1;
		}
		line = i;
	}
	if (in.n >= HTTP_HEAD_BYTES_MAX)
		return err_kind(e, ERR_LIMIT, "head above %d bytes",
			HTTP_HEAD_BYTES_MAX);
	return 0;
}

/* RFC 9110 5.6.2 */
static bool is_token_byte(char c)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		(c >= 'A' && c <= 'Z'))
		return true;
	return str_find((struct str){others, sizeof(others) - 1}, c) <
	       sizeof(others) - 1;
}

static bool is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_token_byte(s.p[i]))
			return false;
	return s.n > 0;
}

/* Blanks of RFC 9110 5.6.3 only: str_trim would take CR and LF too. */
static struct str trim_blanks(struct str s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = (struct str){s.p + 1, s.n - 1};
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

/* The next line without its CR LF; the head is known to be well-formed. */
static struct str take_line(struct str *head)
{
	size_t n = str_find(*head, '\r');
	struct str line = {head->p, n};

	if (n + 2 > head->n)
		*head = (struct str){head->p + head->n, 0};
	else
		*head = (struct str){head->p + n + 2, head->n - n - 2};
	return line;
}

static int parse_field(struct str line, struct http_field *f, struct err *e)
{
	size_t colon = str_find(line, ':');

	if (line.p[0] == ' ' || line.p[0] == '\t')
		return err_kind(e, ERR_INPUT, "folded field");
	if (colon == line.n)
		return err_kind(e, ERR_INPUT, "field without a colon");
	f->name = (struct str){line.p, colon};
	if (!is_token(f->name))
		return err_kind(e, ERR_INPUT, "bad field name");
	f->value = trim_blanks(
		(struct str){line.p + colon + 1, line.n - colon - 1});
	return 0;
}

static int parse_fields(struct str rest, struct http_head *h, struct err *e)
{
	struct str line;

	h->field_count = 0;
	for (;;) {
		line = take_line(&rest);
		if (line.n == 0)
			return 0;
		if (h->field_count == HTTP_FIELDS_MAX)
			return err_kind(e, ERR_LIMIT, "more than %d fields",
				HTTP_FIELDS_MAX);
		if (parse_field(line, &h->field[h->field_count], e) < 0)
			return -1;
		h->field_count++;
	}
}

const struct http_field *http_field_get(
	const struct http_head *h, const char *name)
{
	struct str wanted = str_of(name);

	for (size_t i = 0; i < h->field_count; i++)
		if (str_ieq(h->field[i].name, wanted))
			return &h->field[i];
	return NULL;
}

/* Is this token one of a comma-separated list (any case)? */
static bool list_has(struct str list, const char *token)
{
	struct str part;

	while (str_cut(&list, ',', &part))
		if (str_ieq(trim_blanks(part), str_of(token)))
			return true;
	return false;
}

/* Does any field of that name list this token? */
static bool field_has(
	const struct http_head *h, const char *name, const char *token)
{
	for (size_t i = 0; i < h->field_count; i++)
		if (str_ieq(h->field[i].name, str_of(name)) &&
			list_has(h->field[i].value, token))
			return true;
	return false;
}

/* The one field of that name, or NULL; more than one is refused. */
static int single_field(const struct http_head *h, const char *name,
	const struct http_field **out, struct err *e)
{
	*out = NULL;
	for (size_t i = 0; i < h->field_count; i++) {
		if (!str_ieq(h->field[i].name, str_of(name)))
			continue;
		if (*out != NULL)
			return err_kind(e, ERR_INPUT, "more than one %s", name);
		*out = &h->field[i];
	}
	return 0;
}

/*
 * RFC 9112 6.3, without its leniency: what a second parser could read
 * otherwise is refused.  Leaves HTTP_NO_BODY when neither field is there.
 */
static int find_framing(struct http_head *h, struct err *e)
{
	const struct http_field *length, *coding;

	if (single_field(h, "Content-Length", &length, e) < 0 ||
		single_field(h, "Transfer-Encoding", &coding, e) < 0)
		return -1;
	h->framing = HTTP_NO_BODY;
	h->length = 0;
	if (coding != NULL) {
		if (length != NULL)
			return err_kind(e, ERR_INPUT,
				"Content-Length beside "
				"Transfer-Encoding");
		if (h->minor == 0 || !str_ieq(coding->value, STR("chunked")))
			return err_kind(
				e, ERR_INPUT, "transfer coding is not chunked");
		h->framing = HTTP_CHUNKED;
	} else if (length != NULL) {
		if (str_u64(length->value, 0, INT64_MAX, &h->length) < 0)
			return err_kind(e, ERR_INPUT, "bad Content-Length");
		h->framing = HTTP_LENGTH;
	}
	return 0;
}

static void find_persistence(struct http_head *h)
{
	if (h->minor == 0)
		h->is_kept = field_has(h, "Connection", "keep-alive");
	else
		h->is_kept = !field_has(h, "Connection", "close");
}

static int parse_version(struct str s, unsigned *minor, struct err *e)
{
	if (str_is(s, "HTTP/1.1"))
		*minor = 1;
	else if (str_is(s, "HTTP/1.0"))
		*minor = 0;
	else
		return err_kind(e, ERR_INPUT, "not HTTP/1.0 or HTTP/1.1");
	return 0;
}

/* Origin form only (RFC 9112 3.2.1); visible ASCII, no fragment. */
static int parse_target(
	struct str target, struct http_request *r, struct err *e)
{
	size_t mark;

	if (target.n > HTTP_TARGET_BYTES_MAX)
		return err_kind(e, ERR_LIMIT, "target above %d bytes",
			HTTP_TARGET_BYTES_MAX);
	if (target.n == 0 || target.p[0] != '/')
		return err_kind(e, ERR_INPUT, "target is not a path");
	for (size_t i = 0; i < target.n; i++)
		if (target.p[i] <= ' ' || target.p[i] >= 0x7f ||
			target.p[i] == '#')
			return err_kind(e, ERR_INPUT, "bad byte in target");
	mark = str_find(target, '?');
	r->target = target;
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
	if (!is_token(r->method) || r->method.n > METHOD_BYTES_MAX)
		return err_kind(e, ERR_INPUT, "malformed method");
	if (parse_version(line, &r->head.minor, e) < 0)
		return -1;
	return parse_target(target, r, e);
}

int http_request_parse(struct str head, struct http_request *r, struct err *e)
{
	const struct http_field *host;

	*r = (struct http_request){.head.field_count = 0};
	if (parse_request_line(take_line(&head), r, e) < 0 ||
		parse_fields(head, &r->head, e) < 0 ||
		find_framing(&r->head, e) < 0 ||
		single_field(&r->head, "Host", &host, e) < 0)
		return -1;
	if (host == NULL && r->head.minor > 0)
		return err_kind(e, ERR_INPUT, "missing required Host header");
	find_persistence(&r->head);
	r->wants_continue = r->head.minor > 0 &&
			    field_has(&r->head, "Expect", "100-continue");
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
	r->reason = line;
	return 0;
}

int http_response_parse(
	struct str head, bool to_head, struct http_response *r, struct err *e)
{
	struct http_head *h = &r->head;

	*r = (struct http_response){.head.field_count = 0};
	if (parse_status_line(take_line(&head), r, e) < 0 ||
		parse_fields(head, h, e) < 0 || find_framing(h, e) < 0)
		return -1;
	find_persistence(h);
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
