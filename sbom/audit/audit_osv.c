/*
 * audit_osv - an OSV record, a list of them, or {"vulns": [...]}.
 *
 * Records of the ecosystem Debian are matched, "Debian:13" only with packages
 * of that release; what is told of other ecosystems is about other builds.
 * Version ranges are walked as the schema says: a version is affected when the
 * last event at or before it is "introduced".
 */
#include "sbom/audit/audit.h"
#include "sbom/audit/debversion.h"

/* The release of a suite; NULL: of none. */
static const char *osv_release(struct str suite)
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
	const char *release = osv_release(package->suite);

	return str_is(ecosystem, "Debian") ||
	       (release != NULL && str_is(ecosystem, release));
}

/* "0" is before every version. */
static bool osv_reaches(struct str event, struct str version)
{
	return event.n > 0 &&
	       (str_is(event, "0") || debversion_cmp(event, version) <= 0);
}

/* Is a version in a range?  *fixed: what ends it, when it does. */
static bool osv_in_range(
	const struct node *range, struct str version, struct str *fixed)
{
	const struct node *event = node_first(node_get(range, "events"));
	bool is_in = false;

	*fixed = (struct str){0};
	for (; event != NULL; event = event->next) {
		struct str from = node_text(node_get(event, "introduced"));
		struct str fix = node_text(node_get(event, "fixed"));
		struct str last = node_text(node_get(event, "last_affected"));

		if (osv_reaches(from, version))
			is_in = true;
		if (fix.n > 0 && debversion_cmp(version, fix) >= 0)
			is_in = false;
		else if (fix.n > 0 && is_in && fixed->n == 0)
			*fixed = fix;
		if (last.n > 0 && debversion_cmp(version, last) > 0)
			is_in = false;
	}
	return is_in;
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
