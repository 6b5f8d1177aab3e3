/*
 * http_text - percent-encoding, queries, and the lines of a head.
 *
 * The writers put each line with its CR LF.  A value that could end its line
 * early marks the buffer as full, so that the message is never sent.
 */
#include "lib/net/http.h"

#include <time.h>

int http_unescape(struct str s, bool plus_is_space, struct buf *out)
{
	unsigned char byte;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '+' && plus_is_space) {
			buf_byte(out, ' ');
			continue;
		}
		if (s.p[i] != '%') {
			buf_byte(out, s.p[i]);
			continue;
		}
		if (s.n - i < 3 ||
			str_unhex(str_sub(s, i + 1, 2), &byte, 1) < 0 ||
			byte == 0)
			return -1;
		buf_byte(out, (char)byte);
		i += 2;
	}
	return 0;
}

/* RFC 3986 2.3 */
static bool is_unreserved(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

void http_escape(struct str s, bool keep_slash, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (is_unreserved(s.p[i]) || (keep_slash && s.p[i] == '/'))
			buf_byte(out, s.p[i]);
		else
			buf_fmt(out, "%%%02X", (unsigned char)s.p[i]);
	}
}

bool http_query_next(struct str *query, struct str *name, struct str *value)
{
	struct str part;

	while (str_cut(query, '&', &part)) {
		if (part.n == 0)
			continue;
		if (!str_cut(&part, '=', name))
			continue;
		*value = part;
		return true;
	}
	return false;
}

static const struct {
	unsigned status;
	const char *reason;
} reasons[] = {
	{100, "Continue"},
	{200, "OK"},
	{204, "No Content"},
	{206, "Partial Content"},
	{307, "Temporary Redirect"},
	{400, "Bad Request"},
	{401, "Unauthorized"},
	{403, "Forbidden"},
	{404, "Not Found"},
	{405, "Method Not Allowed"},
	{406, "Not Acceptable"},
	{408, "Request Timeout"},
	{409, "Conflict"},
	{416, "Requested Range Not Satisfiable"},
	{417, "Expectation Failed"},
	{429, "Too Many Requests"},
	{431, "Request Header Fields Too Large"},
	{500, "Internal Server Error"},
	{501, "Not Implemented"},
	{503, "Service Unavailable"},
	{505, "HTTP Version Not Supported"},
	{507, "Insufficient Storage"},
};

/* The phrase that belongs to a status; "" for one that is not listed. */
static const char *reason_of(unsigned status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "";
}

void http_put_status(struct buf *b, unsigned minor, unsigned status)
{
	buf_fmt(b, "HTTP/1.%u %03u %s\r\n", minor, status, reason_of(status));
}

void http_put_request(struct buf *b, const char *method, struct str target)
{
	for (size_t i = 0; i < target.n; i++)
		if (target.p[i] <= ' ' || target.p[i] >= 0x7f)
			b->full = true;
	buf_text(b, method);
	buf_byte(b, ' ');
	buf_str(b, target);
	buf_text(b, " HTTP/1.1\r\n");
}

void http_put_field(struct buf *b, const char *name, struct str value)
{
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7f)
			b->full = true;
	buf_text(b, name);
	buf_text(b, ": ");
	buf_str(b, value);
	buf_text(b, "\r\n");
}

void http_put_number(struct buf *b, const char *name, uint64_t value)
{
	buf_fmt(b, "%s: %llu\r\n", name, (unsigned long long)value);
}

/* IMF-fixdate, RFC 9110 5.6.7; the names do not depend on a locale. */
void http_put_date(struct buf *b, int64_t unix_s)
{
	static const char *const days[] = {
		"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t when = (time_t)unix_s;
	struct tm tm;

	if (gmtime_r(&when, &tm) == NULL) {
		b->full = true;
		return;
	}
	buf_fmt(b, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
		days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
		tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void http_put_end(struct buf *b)
{
	buf_text(b, "\r\n");
}
