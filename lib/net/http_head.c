/*
 * http_head - find the end of a head, cut it into fields, and judge those
 * fields together that decide where the body ends.
 *
 * http_head_scan() looks at each byte once, also when a head comes in pieces.
 * Fields are found anew each time, so their number needs no limit.
 */
#include "lib/net/http_head.h"

struct http_field {
	struct str name;
	struct str value; /* without blanks around it */
};

bool http_is_control(char c)
{
	unsigned char u = (unsigned char)c;

	return (u < 0x20 && u != '\t') || u == 0x7f;
}

int http_head_scan(struct http_scan *s, struct str in, size_t max,
	size_t *length, struct err *e)
{
	while (s->at < in.n && s->at < max) {
		size_t i = s->at;

		if (in.p[i] != '\r') {
			if (http_is_control(in.p[i]))
				return err_kind(e, ERR_INPUT,
					"head with a control byte");
			s->at++;
			continue;
		}
		if (i + 1 == in.n)
			break;
		if (in.p[i + 1] != '\n')
			return err_kind(
				e, ERR_INPUT, "head with a CR without LF");
		if (i == 0)
			return err_kind(e, ERR_INPUT, "empty first line");
		s->at += 2;
		if (i == s->line && s->at <= max) {
			*length = s->at;
			return 1;
		}
		s->line = s->at;
	}
	if (in.n >= max)
		return err_kind(
			e, ERR_LIMIT, "head of more than %zu bytes", max);
	return 0;
}

int http_head_length(struct str in, size_t *length, struct err *e)
{
	struct http_scan s = {0, 0};

	return http_head_scan(&s, in, HTTP_HEAD_BYTES_MAX, length, e);
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

bool http_is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_token_byte(s.p[i]))
			return false;
	return s.n > 0;
}

/* Cut the blanks of RFC 9110 5.6.3; str_trim() would also cut CR and LF. */
static struct str trim_blanks(struct str s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = (struct str){s.p + 1, s.n - 1};
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

struct str http_take_line(struct str *head)
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
		return err_kind(e, ERR_INPUT, "head with a folded field");
	if (colon == line.n)
		return err_kind(
			e, ERR_INPUT, "head with a field without a colon");
	f->name = (struct str){line.p, colon};
	if (!http_is_token(f->name))
		return err_kind(e, ERR_INPUT, "invalid header name");
	f->value = trim_blanks(
		(struct str){line.p + colon + 1, line.n - colon - 1});
	return 0;
}

int http_head_fields(struct str rest, struct http_head *h, struct err *e)
{
	struct str line = http_take_line(&rest);
	struct http_field f;

	h->fields = (struct str){line.p, line.n + 2 + rest.n};
	for (; line.n > 0; line = http_take_line(&rest))
		if (parse_field(line, &f, e) < 0)
			return -1;
	return 0;
}

/* The next field of a list that begins as h->fields; false at the end. */
static bool next_field(struct str *fields, struct http_field *f)
{
	struct str line = http_take_line(fields);

	return line.n > 0 && parse_field(line, f, NULL) == 0;
}

bool http_field_get(
	const struct http_head *h, const char *name, struct str *value)
{
	struct str rest = h->fields, wanted = str_of(name);
	struct http_field f;

	while (next_field(&rest, &f)) {
		if (!str_ieq(f.name, wanted))
			continue;
		*value = f.value;
		return true;
	}
	return false;
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

bool http_field_has(
	const struct http_head *h, const char *name, const char *token)
{
	struct str rest = h->fields, wanted = str_of(name);
	struct http_field f;

	while (next_field(&rest, &f))
		if (str_ieq(f.name, wanted) && list_has(f.value, token))
			return true;
	return false;
}

int http_field_single(const struct http_head *h, const char *name,
	struct str *out, struct err *e)
{
	struct str rest = h->fields, wanted = str_of(name);
	struct http_field f;

	*out = (struct str){NULL, 0};
	while (next_field(&rest, &f)) {
		if (!str_ieq(f.name, wanted))
			continue;
		if (out->p != NULL)
			return err_kind(
				e, ERR_INPUT, "too many %s headers", name);
		*out = f.value;
	}
	return 0;
}

int http_head_framing(struct http_head *h, struct err *e)
{
	struct str length, coding;

	if (http_field_single(h, "Content-Length", &length, e) < 0 ||
		http_field_single(h, "Transfer-Encoding", &coding, e) < 0)
		return -1;
	h->framing = HTTP_NO_BODY;
	h->length = 0;
	if (coding.p != NULL) {
		if (length.p != NULL)
			return err_kind(e, ERR_INPUT,
				"both Content-Length and "
				"Transfer-Encoding");
		if (h->minor == 0)
			return err_kind(
				e, ERR_INPUT, "Transfer-Encoding in HTTP/1.0");
		if (!str_ieq(coding, STR("chunked")))
			return err_kind(
				e, ERR_INPUT, "unsupported transfer encoding");
		h->framing = HTTP_CHUNKED;
	} else if (length.p != NULL) {
		if (str_u64(length, 0, INT64_MAX, &h->length) < 0)
			return err_kind(e, ERR_INPUT, "bad Content-Length");
		h->framing = HTTP_LENGTH;
	}
	return 0;
}

void http_head_persistence(struct http_head *h)
{
	if (h->minor == 0)
		h->is_kept = http_field_has(h, "Connection", "keep-alive");
	else
		h->is_kept = !http_field_has(h, "Connection", "close");
}
