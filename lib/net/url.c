/*
 * url - cut scheme, authority and path off the text, from left to right.
 *
 * Host and path are copied, so the result outlives the text.
 */
#include "lib/net/url.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define URL_PORT_HTTPS 443
#define URL_PORT_HTTP  80

static int refuse(struct err *e, struct str text, const char *why)
{
	return err_kind(e, ERR_INPUT, "\"%.*s\": %s", STR_ARG(text), why);
}

static bool is_printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
			return false;
	return true;
}

static bool is_host_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

static bool is_name(struct str s)
{
	if (s.n == 0 || s.p[0] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_host_byte(s.p[i]))
			return false;
	return true;
}

/* Split "host:port" or "[v6]:port"; *port is left empty without a colon. */
static const char *split_authority(
	struct str authority, struct str *host, struct str *port)
{
	struct str rest = authority;

	*port = (struct str){NULL, 0};
	if (authority.n > 0 && authority.p[0] == '[') {
		size_t end = str_find(authority, ']');

		if (end == authority.n)
			return "the bracket is not closed";
		*host = str_sub(authority, 1, end - 1);
		rest = str_sub(authority, end + 1, authority.n);
		if (rest.n > 0 && rest.p[0] != ':')
			return "expected a colon after the bracket";
		*port = str_sub(rest, 1, rest.n);
		return NULL;
	}
	str_cut(&rest, ':', host);
	if (rest.p == NULL)
		return NULL;
	if (str_find(rest, ':') < rest.n)
		return "an IPv6 address needs brackets";
	*port = rest;
	return NULL;
}

/* Fill host, address and address_bytes. */
static const char *set_host(struct url *u, struct str host, bool has_brackets)
{
	if (str_copy(host, u->host, sizeof(u->host)) < 0)
		return "the host is too long";
	if (has_brackets) {
		if (inet_pton(AF_INET6, u->host, u->address) != 1)
			return "there is no IPv6 address between the brackets";
		u->address_bytes = 16;
		return NULL;
	}
	if (inet_pton(AF_INET, u->host, u->address) == 1) {
		u->address_bytes = 4;
		return NULL;
	}
	return is_name(host) ? NULL
			     : "the host is not a DNS name or an address";
}

static const char *set_path(struct url *u, struct str path)
{
	if (str_find(path, '?') < path.n || str_find(path, '#') < path.n)
		return "it must not have a query or fragment";
	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	if (str_copy(path, u->path, sizeof(u->path)) < 0)
		return "the path is too long";
	return NULL;
}

static const char *set_authority(
	struct url *u, struct str authority, uint16_t usual_port)
{
	struct str host, port;
	uint64_t number = usual_port;
	bool has_brackets = authority.n > 0 && authority.p[0] == '[';
	const char *why;

	if (str_find(authority, '@') < authority.n)
		return "it must not have a user name";
	why = split_authority(authority, &host, &port);
	if (why != NULL)
		return why;
	if (port.n > 0 && str_u64(port, 1, UINT16_MAX, &number) < 0)
		return "the port is not between 1 and 65535";
	u->port = (uint16_t)number;
	return set_host(u, host, has_brackets);
}

/* How long the authority is with which the text begins. */
static size_t authority_length(struct str rest)
{
	size_t end = 0;

	while (end < rest.n && rest.p[end] != '/' && rest.p[end] != '?' &&
		rest.p[end] != '#')
		end++;
	return end;
}

int url_parse(struct str text, struct url *out, struct err *e)
{
	struct str rest = text;
	size_t end;
	const char *why;

	*out = (struct url){0};
	if (!is_printable(text))
		return err_kind(
			e, ERR_INPUT, "a URL holds printable ASCII only");
	if (!str_has_prefix(text, STR("https://")))
		return refuse(e, text, "expected https://");
	rest = str_sub(text, 8, text.n);
	end = authority_length(rest);
	why = set_authority(out, str_sub(rest, 0, end), URL_PORT_HTTPS);
	if (why == NULL)
		why = set_path(out, str_sub(rest, end, rest.n));
	return why == NULL ? 0 : refuse(e, text, why);
}

int url_parse_web(struct str text, struct url_web *out, struct err *e)
{
	struct str rest;
	const char *why;
	size_t end;

	*out = (struct url_web){.is_plain = false};
	if (!is_printable(text))
		return err_kind(
			e, ERR_INPUT, "a URL holds printable ASCII only");
	out->is_plain = str_has_prefix(text, STR("http://"));
	if (!out->is_plain && !str_has_prefix(text, STR("https://")))
		return refuse(e, text, "expected http:// or https://");
	rest = str_sub(text, out->is_plain ? 7 : 8, text.n);
	end = authority_length(rest);
	why = set_authority(&out->server, str_sub(rest, 0, end),
		out->is_plain ? URL_PORT_HTTP : URL_PORT_HTTPS);
	if (why != NULL)
		return refuse(e, text, why);
	rest = str_sub(rest, end, rest.n);
	out->target = str_sub(rest, 0, str_find(rest, '#'));
	if (out->target.n == 0)
		out->target = STR("/");
	return out->target.p[0] == '/'
		       ? 0
		       : refuse(e, text, "there is no path before the query");
}

bool url_same_server(const struct url_web *a, const struct url_web *b)
{
	return a->is_plain == b->is_plain && a->server.port == b->server.port &&
	       str_ieq(str_of(a->server.host), str_of(b->server.host));
}

const char *url_authority(const struct url *u, char *out, size_t size)
{
	bool has_colons = u->address_bytes == 16;

	snprintf(out, size, "%s%s%s:%u", has_colons ? "[" : "", u->host,
		has_colons ? "]" : "", (unsigned int)u->port);
	return out;
}
