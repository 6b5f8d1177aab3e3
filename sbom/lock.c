/*
 * lock - read sources.lock (docs/formats/sources-lock.md).
 *
 * How: a line is cut into eight fields, the last of which takes the rest;
 * each field has its own test; a new line is compared with those before it.
 * What it refuses: everything that the format does not allow, by line.
 */
#include "sbom/lock.h"

#include <string.h>

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

/* Take the next word off *rest; empty at the end. */
static struct str lock_word(struct str *rest)
{
	struct str word;
	size_t n = 0;

	*rest = str_trim(*rest);
	while (n < rest->n && !lock_is_blank(rest->p[n]))
		n++;
	word = str_sub(*rest, 0, n);
	*rest = str_sub(*rest, n, rest->n);
	return word;
}

/* Only these characters, one at least. */
static bool lock_consists(struct str s, const char *allowed)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\0' || strchr(allowed, s.p[i]) == NULL)
			return false;
	return s.n > 0;
}

#define LOCK_LOWER  "abcdefghijklmnopqrstuvwxyz"
#define LOCK_UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOCK_DIGITS "0123456789"

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

/* A relative path without empty, "." or ".." components. */
static bool lock_is_path(struct str s)
{
	struct str part;

	if (!lock_consists(s, LOCK_LOWER LOCK_UPPER LOCK_DIGITS "._+~/:-"))
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

static bool lock_is_licence(struct str s)
{
	return lock_consists(s, LOCK_LOWER LOCK_UPPER LOCK_DIGITS ".+-() ");
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

/* What stands behind the last slash. */
static struct str lock_base_name(struct str path)
{
	struct str part = path;

	while (str_cut(&path, '/', &part))
		;
	return part;
}

static int lock_bad(struct err *e, const char *field, struct str value)
{
	return err_kind(e, ERR_INPUT, "%s \"%.*s\" is not valid", field,
		STR_ARG(value));
}

static int lock_read_line(struct str text, struct lock_line *l, struct err *e)
{
	struct str size, role;

	l->package = lock_word(&text);
	l->version = lock_word(&text);
	l->suite = lock_word(&text);
	l->path = lock_word(&text);
	size = lock_word(&text);
	l->sha256 = lock_word(&text);
	role = lock_word(&text);
	l->licence = str_trim(text);
	l->name = lock_base_name(l->path);
	if (!lock_is_package(l->package))
		return lock_bad(e, "package", l->package);
	if (!lock_is_version(l->version))
		return lock_bad(e, "version", l->version);
	if (!lock_consists(l->suite, LOCK_LOWER LOCK_DIGITS "-"))
		return lock_bad(e, "suite", l->suite);
	if (!lock_is_path(l->path))
		return lock_bad(e, "path", l->path);
	if (str_u64(size, 1, INT64_MAX, &l->size) < 0)
		return lock_bad(e, "size", size);
	if (!lock_is_sha256(l->sha256))
		return lock_bad(e, "sha256", l->sha256);
	if (lock_role(role, &l->role) < 0)
		return lock_bad(e, "role", role);
	if (!lock_is_licence(l->licence))
		return lock_bad(e, "licence", l->licence);
	return 0;
}

/* Does a new line fit to an older one? */
static int lock_compare(
	const struct lock_line *old, const struct lock_line *new, struct err *e)
{
	if (str_eq(old->name, new->name))
		return err_kind(e, ERR_INPUT, "%.*s is already on line %u",
			STR_ARG(new->name), old->line);
	if (!str_eq(old->package, new->package))
		return 0;
	if (!str_eq(old->version, new->version) ||
		!str_eq(old->suite, new->suite) ||
		!str_eq(old->licence, new->licence))
		return err_kind(e, ERR_INPUT,
			"%.*s has another version, suite or licence on "
			"line %u",
			STR_ARG(new->package), old->line);
	if ((old->role == LOCK_PATCHES) == (new->role == LOCK_PATCHES))
		return err_kind(e, ERR_INPUT, "%.*s has role %s on line %u",
			STR_ARG(new->package), lock_roles[old->role],
			old->line);
	return 0;
}

static int lock_add(struct lock *l, struct lock_line line, struct err *e)
{
	if (l->n == LOCK_LINES_MAX)
		return err_kind(
			e, ERR_LIMIT, "more than %d files", LOCK_LINES_MAX);
	for (size_t i = 0; i < l->n; i++)
		if (lock_compare(&l->lines[i], &line, e) < 0)
			return -1;
	l->lines[l->n++] = line;
	return 0;
}

static int lock_check_patches(const struct lock *l, struct err *e)
{
	for (size_t i = 0; i < l->n; i++)
		if (lock_main(l, l->lines[i].package) == NULL)
			return err_kind(e, ERR_INPUT,
				"line %u: %.*s has patches but no source",
				l->lines[i].line, STR_ARG(l->lines[i].package));
	return 0;
}

int lock_parse(
	struct str text, struct arena *a, struct lock *out, struct err *e)
{
	struct lock l = {
		.lines = arena_alloc(a, LOCK_LINES_MAX * sizeof(*l.lines))};
	struct str raw;
	unsigned number = 0;

	if (l.lines == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the lock");
	while (str_cut(&text, '\n', &raw)) {
		struct lock_line line = {.line = ++number};

		raw = str_trim(raw);
		if (raw.n == 0 || raw.p[0] == '#')
			continue;
		if (lock_read_line(raw, &line, e) < 0 ||
			lock_add(&l, line, e) < 0)
			return err_at(e, "line %u", number);
	}
	if (lock_check_patches(&l, e) < 0)
		return -1;
	*out = l;
	return 0;
}

const struct lock_line *lock_file(const struct lock *l, struct str name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->lines[i].name, name))
			return &l->lines[i];
	return NULL;
}

static const struct lock_line *lock_find(
	const struct lock *l, struct str package, bool patches)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->lines[i].package, package) &&
			(l->lines[i].role == LOCK_PATCHES) == patches)
			return &l->lines[i];
	return NULL;
}

const struct lock_line *lock_main(const struct lock *l, struct str package)
{
	return lock_find(l, package, false);
}

const struct lock_line *lock_patches(const struct lock *l, struct str package)
{
	return lock_find(l, package, true);
}
