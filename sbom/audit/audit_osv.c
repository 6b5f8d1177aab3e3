/*
 * audit_osv - an OSV record, a list of them, or {"vulns": [...]}.
 *
 * Records of the ecosystem Debian are matched, "Debian:13" only with packages
 * of that release, or of none that is known here; what is told of other
 * ecosystems is about other builds.  A version is in a range when the greatest
 * event at or before it is "introduced", in whatever order they stand.
 */
#include "sbom/audit/audit.h"
#include "sbom/audit/debversion.h"

const char *audit_release(struct str suite)
{
	static const char *const releases[][2] = {{"bullseye", "Debian:11"},
		{"bookworm", "Debian:12"}, {"trixie", "Debian:13"},
		{"forky", "Debian:14"}};

	for (size_t i = 0; i < sizeof(releases) / sizeof(*releases); i++)
		if (str_is(suite, releases[i][0]))
			return releases[i][1];
	return NULL;
}

static bool osv_is_for(struct str ecosystem, const struct lock_line *package)
{
	const char *release = audit_release(package->suite);

	if (release == NULL && str_has_prefix(ecosystem, STR("Debian:")))
		return true;
	return str_is(ecosystem, "Debian") ||
	       (release != NULL && str_is(ecosystem, release));
}

/* "0" is before every version. */
static int osv_cmp(struct str a, struct str b)
{
	bool is_first = str_is(a, "0"), is_second = str_is(b, "0");

	return is_first || is_second ? is_second - is_first
				     : debversion_cmp(a, b);
}

/* How far the events of a range have been read. */
struct osv_walk {
	struct str version;
	struct str last;  /* the greatest event at or before it; empty: none */
	struct str fixed; /* the least one behind it */
	bool is_in;
};

/* An event that begins the range; at the version of one that ends it, the end
   counts. */
static void osv_begin(struct osv_walk *w, struct str at)
{
	if (at.n == 0 || osv_cmp(at, w->version) > 0 ||
		(w->last.n > 0 && osv_cmp(at, w->last) <= 0))
		return;
	w->last = at;
	w->is_in = true;
}

/* An event that ends it, before or behind its own version. */
static void osv_end(struct osv_walk *w, struct str at, bool is_behind)
{
	int order = at.n == 0 ? 1 : osv_cmp(at, w->version);

	if (order > 0 || (order == 0 && is_behind) ||
		(w->last.n > 0 && osv_cmp(at, w->last) < 0))
		return;
	w->last = at;
	w->is_in = false;
}

/* Is a version in a range?  *fixed: what ends it, when it does. */
static bool osv_in_range(
	const struct node *range, struct str version, struct str *fixed)
{
	const struct node *event = node_first(node_get(range, "events"));
	struct osv_walk w = {.version = version};

	for (; event != NULL; event = event->next) {
		struct str fix = node_text(node_get(event, "fixed"));

		osv_begin(&w, node_text(node_get(event, "introduced")));
		osv_end(&w, fix, false);
		osv_end(&w, node_text(node_get(event, "last_affected")), true);
		if (fix.n > 0 && osv_cmp(fix, version) > 0 &&
			(w.fixed.n == 0 || osv_cmp(fix, w.fixed) < 0))
			w.fixed = fix;
	}
	*fixed = w.is_in ? w.fixed : (struct str){0};
	return w.is_in;
}

static bool osv_hits(
	const struct node *affected, struct str version, struct str *fixed)
{
	const struct node *c = node_first(node_get(affected, "versions"));

	*fixed = (struct str){0};
	for (; c != NULL; c = c->next)
		if (str_eq(node_text(c), version))
			return true;
	c = node_first(node_get(affected, "ranges"));
	for (; c != NULL; c = c->next)
		if (str_is(node_text(node_get(c, "type")), "ECOSYSTEM") &&
			osv_in_range(c, version, fixed))
			return true;
	return false;
}

/* The CVE in a text such as "DEBIAN-CVE-2025-1234"; empty: none. */
static struct str osv_cve(struct str id)
{
	for (size_t i = 0; i < id.n; i++)
		if (fix_is_cve(str_sub(id, i, id.n)))
			return str_sub(id, i, id.n);
	return (struct str){0};
}

/* Add it under each CVE that the record is about. */
static int osv_add(struct audit *a, const struct node *record,
	struct audit_found *f, struct err *e)
{
	static const char *const lists[] = {"aliases", "upstream"};

	f->rule = "OSV: in the affected range";
	f->cve = osv_cve(node_text(node_get(record, "id")));
	if (f->cve.n > 0)
		return audit_add(a, f, e);
	for (size_t i = 0; i < 2; i++) {
		const struct node *c = node_first(node_get(record, lists[i]));

		for (; c != NULL; c = c->next) {
			f->cve = osv_cve(node_text(c));
			if (f->cve.n > 0 && audit_add(a, f, e) < 0)
				return -1;
		}
	}
	return 0;
}

static int osv_take_affected(struct audit *a, const struct node *record,
	const struct node *affected, struct err *e)
{
	const struct node *of = node_get(affected, "package");
	struct str name = node_text(node_get(of, "name"));

	for (size_t i = 0; i < a->n_packages; i++) {
		struct audit_found f = {.package = a->packages[i]};

		if (!str_eq(name, f.package->package) ||
			!osv_is_for(node_text(node_get(of, "ecosystem")),
				f.package) ||
			!osv_hits(affected, f.package->version, &f.fixed))
			continue;
		if (osv_add(a, record, &f, e) < 0)
			return -1;
	}
	return 0;
}

static int osv_take_record(
	struct audit *a, const struct node *record, struct err *e)
{
	const struct node *c = node_first(node_get(record, "affected"));

	a->advisories++;
	if (!node_is_null(node_get(record, "withdrawn")))
		return 0;
	for (; c != NULL; c = c->next)
		if (osv_take_affected(a, record, c, e) < 0)
			return -1;
	return 0;
}

int audit_take_osv(struct audit *a, const struct node *n, struct err *e)
{
	const struct node *list = node_get(n, "vulns");

	if (list == NULL && n->type == NODE_MAP)
		return osv_take_record(a, n, e);
	for (const struct node *c = node_first(list != NULL ? list : n);
		c != NULL; c = c->next)
		if (osv_take_record(a, c, e) < 0)
			return -1;
	return 0;
}
