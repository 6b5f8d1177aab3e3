/*
 * reference - from the right: digest, tag, name; what is left is the registry.
 *
 * Source: OCI distribution-spec 1.1, "Pulling manifests", for names and tags.
 */
#include "images/ship/reference.h"

#include <stdio.h>
#include <string.h>

static bool is_small(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_word(char c)
{
	return is_small(c) || (c >= 'A' && c <= 'Z') || c == '_';
}

bool reference_is_tag(struct str s)
{
	if (s.n == 0 || s.n >= REFERENCE_TAG_BYTES || !is_word(s.p[0]))
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (!is_word(s.p[i]) && s.p[i] != '.' && s.p[i] != '-')
			return false;
	return true;
}

/* How long the separator is with which s begins: ".", "_", "__", "-..." */
static size_t separator_length(struct str s)
{
	size_t n = 0;

	if (s.n > 0 && s.p[0] == '.')
		return 1;
	if (s.n > 0 && s.p[0] == '_')
		return s.n > 1 && s.p[1] == '_' ? 2 : 1;
	while (n < s.n && s.p[n] == '-')
		n++;
	return n;
}

/* [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)* */
static bool is_part(struct str s)
{
	for (;;) {
		size_t n = 0;

		while (n < s.n && is_small(s.p[n]))
			n++;
		if (n == 0)
			return false;
		s = str_sub(s, n, s.n);
		if (s.n == 0)
			return true;
		n = separator_length(s);
		if (n == 0)
			return false;
		s = str_sub(s, n, s.n);
	}
}

static bool is_name(struct str s)
{
	struct str part;

	if (s.n == 0)
		return false;
	while (str_cut(&s, '/', &part))
		if (!is_part(part))
			return false;
	return true;
}

/* A registry has a dot or a port, or is this machine. */
static bool is_registry(struct str s)
{
	return str_is(s, "localhost") || str_find(s, '.') < s.n ||
	       str_find(s, ':') < s.n;
}

static int wrong(struct err *e, struct str text, const char *why)
{
	return err_kind(
		e, ERR_USAGE, "reference \"%.*s\": %s", STR_ARG(text), why);
}

/* Is it what a URL can name? */
static bool is_authority(const char *registry)
{
	char text[URL_AUTHORITY_BYTES + sizeof("https://")];
	struct url u;
	int n = snprintf(text, sizeof(text), "https://%s", registry);

	return n > 0 && (size_t)n < sizeof(text) &&
	       strpbrk(registry, "/?#") == NULL &&
	       url_parse(str_of(text), &u, NULL) == 0;
}

static int take_registry(struct str *rest, struct reference *out)
{
	struct str registry = str_sub(*rest, 0, str_find(*rest, '/'));

	if (registry.n == rest->n || !is_registry(registry) ||
		str_copy(registry, out->registry, sizeof(out->registry)) < 0)
		return -1;
	*rest = str_sub(*rest, registry.n + 1, rest->n);
	return is_authority(out->registry) ? 0 : -1;
}

static int take_digest(struct str *rest, struct reference *out)
{
	size_t at = str_find(*rest, '@');
	char name[OCI_BLOB_NAME_BYTES];

	if (at == rest->n)
		return 0;
	if (str_copy(str_sub(*rest, at + 1, rest->n), out->digest,
		    sizeof(out->digest)) < 0 ||
		oci_blob_name(out->digest, name, NULL) < 0)
		return -1;
	for (const char *p = out->digest; *p; p++)
		if (*p >= 'A' && *p <= 'F')
			return -1;
	*rest = str_sub(*rest, 0, at);
	return 0;
}

static int take_tag(struct str *rest, struct reference *out)
{
	size_t at = str_find(*rest, ':');
	struct str tag = str_sub(*rest, at + 1, rest->n);

	if (at == rest->n)
		return 0;
	if (!reference_is_tag(tag))
		return -1;
	str_copy(tag, out->tag, sizeof(out->tag));
	*rest = str_sub(*rest, 0, at);
	return 0;
}

int reference_parse(struct str text, struct reference *out, struct err *e)
{
	struct str rest = text;
	bool is_hub;
	int n;

	*out = (struct reference){0};
	if (take_registry(&rest, out) < 0)
		return wrong(e, text,
			"begin it with the registry: HOST[:PORT]/NAME:TAG");
	if (take_digest(&rest, out) < 0)
		return wrong(e, text,
			"behind the @ belongs sha256: and 64 digits of "
			"lower-case hex");
	if (take_tag(&rest, out) < 0)
		return wrong(e, text,
			"a tag has letters, digits, _ . and -, at most 128");
	if (!is_name(rest))
		return wrong(e, text,
			"a name has small letters and digits, in parts "
			"separated by . _ - or /");
	is_hub = strcmp(out->registry, "docker.io") == 0 &&
		 str_find(rest, '/') == rest.n;
	n = snprintf(out->name, sizeof(out->name), "%s%.*s",
		is_hub ? "library/" : "", STR_ARG(rest));
	return n > 0 && (size_t)n < sizeof(out->name)
		       ? 0
		       : wrong(e, text, "the name is longer than 255 bytes");
}

const char *reference_text(
	const struct reference *r, char out[REFERENCE_TEXT_BYTES])
{
	const char *version = reference_version(r);

	snprintf(out, REFERENCE_TEXT_BYTES, "%s/%s%s%s", r->registry, r->name,
		r->digest[0] ? "@"
		: *version   ? ":"
			     : "",
		version);
	return out;
}

const char *reference_version(const struct reference *r)
{
	return r->digest[0] ? r->digest : r->tag;
}

bool reference_is_loopback(const char *registry)
{
	char text[URL_AUTHORITY_BYTES + sizeof("https://")];
	struct url u;

	snprintf(text, sizeof(text), "https://%s", registry);
	if (url_parse(str_of(text), &u, NULL) < 0)
		return false;
	if (u.address_bytes == 4)
		return u.address[0] == 127;
	if (u.address_bytes == 16)
		return memcmp(u.address, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1",
			       16) == 0;
	return str_ieq(str_of(u.host), STR("localhost"));
}
