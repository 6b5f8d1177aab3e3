/*
 * challenge - a scheme, then parameters name=value or name="value", separated
 * by commas; a word without "=" begins the next challenge.
 */
#include "images/ship/challenge.h"

#include "lib/net/http.h"

#include <string.h>

static void skip_blanks(struct str *s)
{
	while (s->n > 0 && (s->p[0] == ' ' || s->p[0] == '\t'))
		*s = str_sub(*s, 1, s->n);
}

/* Commas may be doubled (RFC 9110 5.6.1). */
static void skip_commas(struct str *s)
{
	skip_blanks(s);
	while (s->n > 0 && s->p[0] == ',') {
		*s = str_sub(*s, 1, s->n);
		skip_blanks(s);
	}
}

static bool ends_token(char c)
{
	return c == ' ' || c == '\t' || c == ',' || c == '=' || c == '"';
}

static struct str take_token(struct str *s)
{
	struct str token = {s->p, 0};

	while (token.n < s->n && !ends_token(s->p[token.n]))
		token.n++;
	*s = str_sub(*s, token.n, s->n);
	return token;
}

/* A quoted string without its quotes and backslashes.  0 or -1. */
static int take_quoted(struct str *s, char *out, size_t size)
{
	size_t n = 0, at = 1;

	for (; at < s->n && s->p[at] != '"'; at++) {
		if (s->p[at] == '\\')
			at++;
		if (at == s->n || n + 1 >= size)
			return -1;
		out[n++] = s->p[at];
	}
	out[n] = '\0';
	if (at == s->n)
		return -1;
	*s = str_sub(*s, at + 1, s->n);
	return strlen(out) == n ? 0 : -1;
}

/* Where the value of a parameter is kept, or NULL. */
static char *place_of(struct challenge *c, struct str name, size_t *size)
{
	if (str_ieq(name, STR("realm"))) {
		*size = sizeof(c->realm);
		return c->realm;
	}
	if (str_ieq(name, STR("service"))) {
		*size = sizeof(c->service);
		return c->service;
	}
	if (str_ieq(name, STR("scope"))) {
		*size = sizeof(c->scope);
		return c->scope;
	}
	return NULL;
}

static int take_value(struct str *s, struct str name, struct challenge *c)
{
	char unknown[1024];
	size_t size = sizeof(unknown);
	char *out = place_of(c, name, &size);

	if (out == NULL)
		out = unknown;
	skip_blanks(s);
	if (s->n > 0 && s->p[0] == '"')
		return take_quoted(s, out, size);
	return str_copy(take_token(s), out, size);
}

/* The parameters of one challenge; *next is the scheme behind them, if any. */
static int take_parameters(struct str *s, struct challenge *c, struct str *next)
{
	*next = (struct str){NULL, 0};
	for (;;) {
		struct str name, before;

		skip_commas(s);
		if (s->n == 0)
			return 0;
		before = *s;
		name = take_token(s);
		if (!http_is_token(name))
			return -1;
		skip_blanks(s);
		if (s->n == 0 || s->p[0] != '=') {
			*next = str_sub(before, 0, name.n);
			return 0;
		}
		*s = str_sub(*s, 1, s->n);
		if (take_value(s, name, c) < 0)
			return -1;
	}
}

static enum challenge_kind kind_of(struct str scheme)
{
	if (str_ieq(scheme, STR("bearer")))
		return CHALLENGE_BEARER;
	return str_ieq(scheme, STR("basic")) ? CHALLENGE_BASIC : CHALLENGE_NONE;
}

int challenge_parse(struct str field, struct challenge *out, struct err *e)
{
	struct challenge c;
	struct str scheme;

	*out = (struct challenge){.kind = CHALLENGE_NONE};
	skip_commas(&field);
	scheme = take_token(&field);
	while (scheme.n > 0) {
		c = (struct challenge){.kind = kind_of(scheme)};
		if (take_parameters(&field, &c, &scheme) < 0)
			return err_kind(e, ERR_INPUT,
				"the WWW-Authenticate field is malformed or "
				"too long");
		if (c.kind > out->kind)
			*out = c;
	}
	return 0;
}
