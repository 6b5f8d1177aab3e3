/*
 * item_names - a package that is Debian's (of the release that the lock is
 * from, with Debian's patches) has a purl of type deb; any other a generic one,
 * so that no scanner matches it against advisories of the wrong release or
 * believes in fixes that are not there.  Its CPE finds upstream's.  So has what
 * is of the building machine, whose release need not be that of the lock.
 */
#include "sbom/items/item_names.h"

#include <string.h>

/* https://www.debian.org/releases/: scanners know releases by number. */
static const struct {
	const char *suite, *number;
} item_releases[] = {
	{"bullseye", "11"},
	{"bookworm", "12"},
	{"trixie", "13"},
	{"forky", "14"},
};

void item_encode(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') ||
			(c != '\0' && strchr("-._~", c) != NULL))
			buf_byte(b, c);
		else
			buf_fmt(b, "%%%02X", (unsigned char)c);
	}
}

int item_keep(const struct items *items, const struct buf *b, struct str *out,
	struct err *e)
{
	*out = (struct str){arena_copy(items->model->arena, buf_view(b)), b->n};
	return b->full || out->p == NULL ? model_no_memory(e) : 0;
}

int item_fmt(const struct items *items, struct str *out, struct err *e,
	const char *fmt, ...)
{
	char memory[ITEM_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));
	va_list ap;

	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	return item_keep(items, &b, out, e);
}

bool item_is_debian(const struct model_package *p)
{
	return p->line->line > 0 &&
	       (p->line->role != LOCK_SOURCE || p->patches != NULL);
}

struct str item_version(const struct model_package *p)
{
	return item_is_debian(p) || p->line->line == 0
		       ? p->line->version
		       : upstream_version(p->line->version);
}

/* The architecture of NAME_VERSION_ARCH.deb; "source" for sources. */
static struct str item_arch(const struct lock_line *l)
{
	struct str rest = l->name, part = {0};

	if (l->role == LOCK_SOURCE || l->role == LOCK_PATCHES)
		return STR("source");
	while (str_cut(&rest, '_', &part))
		;
	return str_sub(part, 0, str_find(part, '.'));
}

struct str item_release_number(struct str suite)
{
	size_t n = sizeof(item_releases) / sizeof(*item_releases);

	for (size_t i = 0; i < n; i++)
		if (str_is(suite, item_releases[i].suite))
			return str_of(item_releases[i].number);
	return (struct str){0};
}

/* "debian-13"; a suite that has no number goes by its name. */
static void item_distro(struct buf *b, struct str suite)
{
	struct str number = item_release_number(suite);

	if (number.n > 0)
		buf_fmt(b, "debian-%.*s", STR_ARG(number));
	else
		item_encode(b, suite);
}

static void item_purl_start(
	struct buf *b, const char *type, struct str name, struct str version)
{
	buf_fmt(b, "pkg:%s/", type);
	item_encode(b, name);
	if (version.n > 0)
		buf_byte(b, '@');
	item_encode(b, version);
}

static int item_purl(const struct items *items, struct item *to,
	const struct model_package *p, struct err *e)
{
	const struct lock_line *l = p->line;
	char memory[ITEM_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	if (item_is_debian(p) && str_eq(l->suite, items->release)) {
		item_purl_start(&b, "deb/debian", l->package, l->version);
		buf_fmt(&b, "?arch=%.*s&distro=", STR_ARG(item_arch(l)));
		item_distro(&b, l->suite);
	} else {
		item_purl_start(&b, "generic", l->package, item_version(p));
	}
	return item_keep(items, &b, &to->purl, e);
}

int item_name_package(const struct items *items, struct item *to,
	const struct model_package *p, struct err *e)
{
	const struct upstream *u =
		upstreams_find(&items->model->upstreams, p->line->package);
	char memory[ITEM_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	if (item_purl(items, to, p, e) < 0)
		return -1;
	if (u == NULL || u->vendor.n == 0)
		return 0;
	upstream_cpe(u, upstream_version(p->line->version), &b);
	return item_keep(items, &b, &to->cpe, e);
}

int item_name_own(const struct items *items, struct item *to, struct err *e)
{
	char memory[ITEM_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	item_purl_start(&b, "generic", to->name, to->version);
	return item_keep(items, &b, &to->purl, e);
}

int item_name_image(const struct items *items, struct item *to,
	struct str digest, struct err *e)
{
	const struct sbom_request *r = items->model->request;
	char memory[ITEM_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	item_purl_start(&b, "oci", to->name, digest);
	buf_fmt(&b, "?arch=%s&tag=", r->arch);
	item_encode(&b, str_of(r->version));
	return item_keep(items, &b, &to->purl, e);
}

int item_name_host(const struct items *items, struct item *to,
	const struct evidence_file *record, struct err *e)
{
	char memory[ITEM_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	if (str_eq(record->package, record->path))
		return 0;
	if (item_release_number(items->release).n > 0) {
		item_purl_start(
			&b, "generic", record->package, record->version);
		return item_keep(items, &b, &to->purl, e);
	}
	item_purl_start(&b, "deb/debian", record->package, record->version);
	buf_fmt(&b, "?arch=%.*s", STR_ARG(record->arch));
	return item_keep(items, &b, &to->purl, e);
}
