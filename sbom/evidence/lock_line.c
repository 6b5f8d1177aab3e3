/*
 * lock_line - cut a line into eight words, the last of which takes the rest,
 * and check each of them against the characters that its field may have.
 */
#include "sbom/evidence/lock_line.h"

#include <string.h>

#define LOCK_SIZE_MAX 999999999999999999 /* 18 digits */

#define LOCK_LOWER  "abcdefghijklmnopqrstuvwxyz"
#define LOCK_UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOCK_DIGITS "0123456789"

static const char *const lock_roles[] = {
	[LOCK_SOURCE] = "source",
	[LOCK_PATCHES] = "patches",
	[LOCK_SYSROOT] = "sysroot",
	[LOCK_ROOTFS] = "rootfs",
};

static bool lock_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct str lock_line_trim(struct str s)
{
	while (s.n > 0 && lock_is_blank(s.p[0]))
		s = str_sub(s, 1, s.n);
	while (s.n > 0 && lock_is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Take the next word off *rest; empty at the end. */
static struct str lock_word(struct str *rest)
{
	struct str word;
	size_t n = 0;

	*rest = lock_line_trim(*rest);
	while (n < rest->n && !lock_is_blank(rest->p[n]))
		n++;
	word = str_sub(*rest, 0, n);
	*rest = str_sub(*rest, n, rest->n);
	return word;
}

/* Does s consist of these characters, at least one? */
static bool lock_consists(struct str s, const char *allowed)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\0' || strchr(allowed, s.p[i]) == NULL)
			return false;
	return s.n > 0;
}

static bool lock_is_package(struct str s)
{
	return lock_consists(s, LOCK_LOWER LOCK_DIGITS "+.-") &&
	       lock_consists(str_sub(s, 0, 1), LOCK_LOWER LOCK_DIGITS);
}

/* Debian Policy 5.6.12. */
static bool lock_is_version(struct str s)
{
	return lock_consists(s, LOCK_LOWER LOCK_UPPER LOCK_DIGITS ".+-:~");
}

/* Relative to a mirror's root, without empty, "." or ".." components. */
static bool lock_is_path(struct str s)
{
	struct str part;

	if (!str_has_prefix(s, STR("pool/")) ||
		!lock_consists(s, LOCK_LOWER LOCK_UPPER LOCK_DIGITS "._+~/-"))
		return false;
	while (str_cut(&s, '/', &part))
		if (part.n == 0 || str_is(part, ".") || str_is(part, ".."))
			return false;
	return true;
}

static bool lock_is_sha256(struct str s)
{
	return s.n == 64 && lock_consists(s, LOCK_DIGITS "abcdef");
}

static int lock_size(struct str s, uint64_t *out)
{
	return str_has_prefix(s, STR("0")) ? -1
					   : str_u64(s, 1, LOCK_SIZE_MAX, out);
}

static bool lock_is_licence(struct str s)
{
	return lock_consists(s, LOCK_LOWER LOCK_UPPER LOCK_DIGITS ".+-() ");
}

const char *lock_line_role(enum lock_role role)
{
	return lock_roles[role];
}

static int lock_role(struct str s, enum lock_role *out)
{
	for (unsigned i = 0; i < sizeof(lock_roles) / sizeof(*lock_roles); i++)
		if (str_is(s, lock_roles[i])) {
			*out = (enum lock_role)i;
			return 0;
		}
	return -1;
}

static int lock_bad(struct err *e, const char *field, struct str value)
{
	return err_kind(e, ERR_INPUT, "%s \"%.*s\" is not valid", field,
		STR_ARG(value));
}

static int lock_too_few(struct err *e, const struct lock_line *l,
	struct str size, struct str role)
{
	const struct str words[] = {l->package, l->version, l->suite, l->path,
		size, l->sha256, role};
	unsigned found = 0;

	for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++)
		found += words[i].n > 0;
	return err_kind(e, ERR_INPUT, "8 fields expected, found %u", found);
}

int lock_line_parse(struct str text, struct lock_line *l, struct err *e)
{
	struct str size, role;

	l->package = lock_word(&text);
	l->version = lock_word(&text);
	l->suite = lock_word(&text);
	l->path = lock_word(&text);
	size = lock_word(&text);
	l->sha256 = lock_word(&text);
	role = lock_word(&text);
	l->licence = lock_line_trim(text);
	l->name = str_base_name(l->path);
	if (l->licence.n == 0)
		return lock_too_few(e, l, size, role);
	if (!lock_is_package(l->package))
		return lock_bad(e, "package", l->package);
	if (!lock_is_version(l->version))
		return lock_bad(e, "version", l->version);
	if (!lock_consists(l->suite, LOCK_LOWER LOCK_DIGITS "-"))
		return lock_bad(e, "suite", l->suite);
	if (!lock_is_path(l->path))
		return lock_bad(e, "path", l->path);
	if (lock_size(size, &l->size) < 0)
		return lock_bad(e, "size", size);
	if (!lock_is_sha256(l->sha256))
		return lock_bad(e, "sha256", l->sha256);
	if (lock_role(role, &l->role) < 0)
		return lock_bad(e, "role", role);
	if (!lock_is_licence(l->licence))
		return lock_bad(e, "licence", l->licence);
	return 0;
}
