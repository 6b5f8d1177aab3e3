/*
 * route - tables of paths, methods and answers.
 *
 * A path is first cleaned as Go's mux does it: if that changes it, the answer
 * is a redirect, whoever asks.  Then it is looked up in `places`; what is
 * under none of them is unknown to anybody.  Below a place the remaining
 * segments and the method select from `routes`; a path that fits with
 * another method is 405, one that does not fit is the router's own 404.
 *
 * Names that no pod or container can have never reach the back: the job then
 * carries an empty name, which the back answers as absent.
 */
#include "checkpoint-agent/route.h"

#include <string.h>

#define SEGMENTS_MAX 5
#define FILE_METHODS "GET, HEAD, DELETE"

enum feature { ALWAYS, CHECKPOINT, PODS, ARCHIVES };

/* What the mux knows: a tree "/x/" or the path "/x" alone. */
static const struct place {
	const char *path;
	enum feature feature;
	const char *subresource[2];
} places[] = {
	{"/checkpoint/", CHECKPOINT, {"checkpoint", NULL}},
	{"/checkpoints", ARCHIVES, {"checkpoints", NULL}},
	{"/checkpoints/", ARCHIVES, {"checkpoints", NULL}},
	{"/healthz", ALWAYS, {"healthz", "proxy"}},
	{"/livez", ALWAYS, {"healthz", "proxy"}},
	{"/readyz", ALWAYS, {"healthz", "proxy"}},
	{"/metrics", ALWAYS, {"metrics", NULL}},
};

/* What may follow: fixed first segment, how many in all, what it is. */
static const struct line {
	const char *first;
	size_t segments;
	const char *method;
	const char *query; /* needs this query, else it does not exist */
	enum feature feature;
	enum route_action action;
	enum job_verb verb;
	const char *access; /* authorization verb when not the method's */
	const char *allow;  /* all methods that fit there */
} lines[] = {
	{"checkpoint", 4, "POST", NULL, CHECKPOINT, ROUTE_JOB, JOB_CHECKPOINT,
		NULL, "POST"},
	{"checkpoint", 4, "GET", "dryRun", CHECKPOINT, ROUTE_JOB, JOB_CHECK,
		NULL, "GET, POST"},
	{"checkpoint", 4, "POST", "dryRun", CHECKPOINT, ROUTE_JOB, JOB_CHECK,
		NULL, "GET, POST"},
	{"checkpoint", 3, "POST", NULL, PODS, ROUTE_JOB, JOB_CHECKPOINT, NULL,
		"POST"},
	{"checkpoints", 1, "GET", NULL, ARCHIVES, ROUTE_JOB, JOB_LIST, "list",
		"GET"},
	{"checkpoints", 2, "GET", NULL, ARCHIVES, ROUTE_JOB, JOB_LIST, "list",
		"GET"},
	{"checkpoints", 3, "GET", NULL, ARCHIVES, ROUTE_JOB, JOB_LIST, "list",
		"GET"},
	{"checkpoints", 4, "GET", NULL, ARCHIVES, ROUTE_JOB, JOB_LIST, "list",
		"GET"},
	{"checkpoints", 5, "GET", NULL, ARCHIVES, ROUTE_JOB, JOB_OPEN, NULL,
		FILE_METHODS},
	{"checkpoints", 5, "HEAD", NULL, ARCHIVES, ROUTE_JOB, JOB_OPEN, "get",
		FILE_METHODS},
	{"checkpoints", 5, "DELETE", NULL, ARCHIVES, ROUTE_JOB, JOB_DELETE,
		NULL, FILE_METHODS},
	{"healthz", 1, "GET", NULL, ALWAYS, ROUTE_HEALTH, 0, NULL, "GET"},
	{"livez", 1, "GET", NULL, ALWAYS, ROUTE_HEALTH, 0, NULL, "GET"},
	{"readyz", 1, "GET", NULL, ALWAYS, ROUTE_HEALTH, 0, NULL, "GET"},
	{"metrics", 1, "GET", NULL, ALWAYS, ROUTE_METRICS, 0, NULL, "GET"},
};

static const struct {
	const char *method;
	const char *verb;
} verbs[] = {
	{"POST", "create"},
	{"GET", "get"},
	{"PUT", "update"},
	{"PATCH", "patch"},
	{"DELETE", "delete"},
};

static bool has_feature(const struct route_features *f, enum feature what)
{
	switch (what) {
	case ALWAYS:
		return true;
	case CHECKPOINT:
		return f->has_checkpoint;
	case PODS:
		return f->has_checkpoint && f->has_pods;
	case ARCHIVES:
		return f->has_archives;
	}
	return false;
}

/* --- the mux ------------------------------------------------------- */

/* Drop the last segment of what was written: for "..". */
static void drop_segment(struct buf *b)
{
	while (b->n > 0 && b->p[b->n - 1] != '/')
		b->n--;
	if (b->n > 0)
		b->n--;
}

/* Go's cleanPath: no empty, "." or ".." segments; a final slash stays. */
static void clean_path(struct str path, struct buf *b)
{
	bool ends_in_slash = path.n > 0 && path.p[path.n - 1] == '/';
	struct str segment;

	while (str_cut(&path, '/', &segment)) {
		if (segment.n == 0 || str_is(segment, "."))
			continue;
		if (str_is(segment, "..")) {
			drop_segment(b);
			continue;
		}
		buf_byte(b, '/');
		buf_str(b, segment);
	}
	if (b->n == 0 || ends_in_slash)
		buf_byte(b, '/');
}

/* The longest place that the path lies in; NULL for none. */
static const struct place *find_place(
	struct str path, const struct route_features *f)
{
	const struct place *best = NULL;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct str p = str_of(places[i].path);
		bool is_tree = p.p[p.n - 1] == '/';

		if (!has_feature(f, places[i].feature))
			continue;
		if (is_tree ? str_has_prefix(path, p) : str_eq(path, p))
			if (best == NULL || p.n > strlen(best->path))
				best = &places[i];
	}
	return best;
}

static void set_redirect(
	struct route *out, struct str path, struct str query, struct buf *b)
{
	size_t at = b->n;

	buf_str(b, path);
	if (query.n > 0) {
		buf_byte(b, '?');
		buf_str(b, query);
	}
	out->answer = (struct answer){
		.status = 307,
		.type = ANSWER_EMPTY,
		.location = str_sub(buf_view(b), at, b->n),
	};
}

/*
 * What the mux answers by itself, true; else false with the place found.
 * A tree asked for without its slash is a redirect, as an unclean path is.
 */
static bool answer_by_mux(const struct http_request *r,
	const struct route_features *f, struct route *out,
	const struct place **place)
{
	char clean[HTTP_TARGET_BYTES_MAX + 2];
	struct buf c = buf_fixed(clean, sizeof(clean));
	struct buf b = buf_fixed(out->text, sizeof(out->text));
	bool was_clean;

	clean_path(r->path, &c);
	was_clean = str_eq(buf_view(&c), r->path);
	*place = find_place(buf_view(&c), f);
	if (*place == NULL) {
		buf_byte(&c, '/');
		if (find_place(buf_view(&c), f) != NULL) {
			set_redirect(out, buf_view(&c), r->query, &b);
			return true;
		}
		c.n--;
	}
	if (!was_clean) {
		set_redirect(out, buf_view(&c), r->query, &b);
		return true;
	}
	if (*place != NULL)
		return false;
	out->answer = (struct answer){
		.status = 404,
		.type = ANSWER_NOSNIFF,
		.body = STR("404 page not found\n"),
	};
	return true;
}

/* --- the router ---------------------------------------------------- */

static size_t split_path(struct str path, struct str *segment)
{
	size_t n = 0;

	while (path.n > 0 && path.p[0] == '/')
		path = str_sub(path, 1, path.n);
	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	while (n < SEGMENTS_MAX + 1 && str_cut(&path, '/', &segment[n]))
		n++;
	return n;
}

/* The last value of that name, decoded; false when there is none. */
static bool query_last(struct str query, const char *wanted, struct buf *value)
{
	struct str name, raw, last = {NULL, 0};
	char decoded[32];

	while (http_query_next(&query, &name, &raw)) {
		struct buf b = buf_fixed(decoded, sizeof(decoded));

		if (http_unescape(name, true, &b) < 0 || b.full ||
			!str_is(buf_view(&b), wanted))
			continue;
		buf_reset(value);
		/* Go drops a pair whose escapes are broken. */
		if (http_unescape(raw, true, value) == 0)
			last = (struct str){raw.p != NULL ? raw.p : "", raw.n};
	}
	buf_reset(value);
	return last.p != NULL && http_unescape(last, true, value) == 0;
}

/* "All" is how kube-apiserver is asked for it. */
static bool has_query(struct str query, const char *name)
{
	char memory[16];
	struct buf value = buf_fixed(memory, sizeof(memory));

	return query_last(query, name, &value) && !value.full &&
	       (str_is(buf_view(&value), "true") ||
		       str_is(buf_view(&value), "All"));
}

/* Whoever says dryRun must not get a dump, however he says it. */
static bool is_meant_dry(struct str query)
{
	char memory[16];
	struct buf value = buf_fixed(memory, sizeof(memory));

	return query_last(query, "dryRun", &value) &&
	       (value.full || !str_is(buf_view(&value), "false"));
}

static bool line_fits(const struct line *l, struct str query,
	const struct str *segment, size_t n, const struct route_features *f)
{
	return l->segments == n && str_is(segment[0], l->first) &&
	       has_feature(f, l->feature) &&
	       (l->query == NULL || has_query(query, l->query));
}

/* The line for this request; *allow: the methods that would have fitted. */
static const struct line *find_line(const struct http_request *r,
	const struct str *segment, size_t n, const struct route_features *f,
	const char **allow)
{
	const struct line *found = NULL;

	*allow = NULL;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (!line_fits(&lines[i], r->query, segment, n, f))
			continue;
		*allow = lines[i].allow;
		if (str_is(r->method, lines[i].method))
			found = &lines[i];
	}
	return found;
}

/* strconv.ParseInt(v, 10, 64), and what the kubelet makes of it. */
static void read_timeout(struct str query, struct job *j)
{
	char memory[64];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct str v;
	int64_t seconds;

	j->timeout = JOB_TIMEOUT_DEFAULT;
	if (!query_last(query, "timeout", &b))
		return;
	v = buf_view(&b);
	if (v.n > 1 && v.p[0] == '+' && v.p[1] != '-')
		v = str_sub(v, 1, v.n);
	j->timeout = JOB_TIMEOUT_UNREADABLE;
	if (b.full || str_i64(v, INT64_MIN, INT64_MAX, &seconds) < 0)
		return;
	if (seconds > 0)
		j->timeout = JOB_TIMEOUT_GIVEN;
	else
		j->timeout = seconds < 0 ? JOB_TIMEOUT_NEGATIVE
					 : JOB_TIMEOUT_DEFAULT;
	j->timeout_s = seconds > 0 ? (uint64_t)seconds : 0;
}

/* Ours, not the kubelet's; what is neither yes nor no is not looked at. */
static void read_predump(struct str query, struct job *j)
{
	char memory[16];
	struct buf value = buf_fixed(memory, sizeof(memory));

	if (!query_last(query, "preDump", &value))
		return;
	if (str_is(buf_view(&value), "true"))
		j->predump = JOB_PREDUMP_YES;
	if (str_is(buf_view(&value), "false"))
		j->predump = JOB_PREDUMP_NO;
}

/* A name goes into the job when it is one; else it stays empty there. */
static void take_names(struct route *out, const struct str *segment, size_t n)
{
	struct job *j = &out->job;

	if (n > 1)
		out->namespace = segment[1];
	if (n > 2)
		out->pod = segment[2];
	if (n > 3)
		out->container = segment[3];
	if (job_is_label(out->namespace))
		str_copy(out->namespace, j->namespace, sizeof(j->namespace));
	if (job_is_subdomain(out->pod))
		str_copy(out->pod, j->pod, sizeof(j->pod));
	if (job_is_label(out->container))
		str_copy(out->container, j->container, sizeof(j->container));
	if (n > 4)
		str_copy(segment[4], j->name, sizeof(j->name));
}

/* Names that can match nothing make a list empty, or an archive absent. */
static bool names_are_usable(const struct route *out)
{
	const struct job *j = &out->job;
	struct err e;

	return str_is(out->namespace, j->namespace) &&
	       str_is(out->pod, j->pod) &&
	       str_is(out->container, j->container) && job_check(j, &e) == 0;
}

static void make_job(const struct line *l, const struct http_request *r,
	const struct str *segment, size_t n, struct route *out)
{
	struct job *j = &out->job;

	j->verb = l->verb;
	take_names(out, segment, n);
	j->is_pod = l->verb == JOB_CHECKPOINT && n == 3;
	read_timeout(r->query, j);
	read_predump(r->query, j);
	if (l->verb == JOB_CHECKPOINT && is_meant_dry(r->query)) {
		out->action = ROUTE_ANSWER;
		out->answer = answer_text(
			400, j->is_pod ? STR("dryRun is for one container")
				       : STR("cannot parse value of dryRun "
					     "parameter"));
	}
	if (l->verb == JOB_CHECKPOINT || l->verb == JOB_CHECK)
		return;
	if (l->verb == JOB_OPEN && str_is(r->method, "GET"))
		out->range = range_of(&r->head);
	if (n == 5 && j->name[0] == '\0')
		j->name[0] = '/'; /* an empty or overlong name: no archive */
	if (names_are_usable(out))
		return;
	out->action = ROUTE_ANSWER;
	out->answer = answer_text(404, STR("checkpoint does not exist"));
}

static void set_access(
	const struct http_request *r, const struct place *p, struct route *out)
{
	out->needs_auth = true;
	out->subresource[0] = p->subresource[0];
	out->subresource[1] = p->subresource[1];
	out->verb = "";
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (str_is(r->method, verbs[i].method))
			out->verb = verbs[i].verb;
}

static void set_no_page(struct route *out)
{
	out->answer = answer_text(404, STR("404: Page Not Found"));
}

/*
 * checkpoints/NAMESPACE/POD/FILE is an archive of the pod as a whole: no
 * container is called as a file is.
 */
static size_t name_pods_file(struct str *segment, size_t n)
{
	if (n != 4 || !str_is(segment[0], "checkpoints") ||
		memchr(segment[3].p, '.', segment[3].n) == NULL)
		return n;
	segment[4] = segment[3];
	segment[3] = STR("");
	return n + 1;
}

/* Behind the mux: the decoded path by segments. */
static void route_in_place(const struct http_request *r,
	const struct route_features *f, struct route *out)
{
	struct buf b = buf_fixed(out->text, sizeof(out->text));
	struct str segment[SEGMENTS_MAX + 1];
	const struct line *l;
	const char *allow;
	size_t n;

	http_unescape(r->path, false, &b); /* was tried before */
	n = name_pods_file(segment, split_path(buf_view(&b), segment));
	l = find_line(r, segment, n, f, &allow);
	if (l == NULL && allow == NULL) {
		set_no_page(out);
		return;
	}
	if (l == NULL) {
		out->answer = answer_text(405, STR("405: Method Not Allowed"));
		out->answer.allow = allow;
		return;
	}
	out->action = l->action;
	out->verb = l->access != NULL ? l->access : out->verb;
	if (l->action == ROUTE_JOB)
		make_job(l, r, segment, n, out);
}

/* Go refuses a target with broken escapes before any routing. */
static bool is_decodable(struct str path)
{
	char memory[HTTP_TARGET_BYTES_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	return http_unescape(path, false, &b) == 0 && !b.full;
}

void route_find(const struct http_request *r, const struct route_features *f,
	struct route *out)
{
	const struct place *place;

	memset(out, 0, sizeof(*out));
	out->action = ROUTE_ANSWER;
	out->metric_path = "other";
	if (!is_decodable(r->path)) {
		out->answer = route_malformed(NULL);
		return;
	}
	if (answer_by_mux(r, f, out, &place))
		return;
	out->metric_path = place->subresource[0];
	set_access(r, place, out);
	route_in_place(r, f, out);
}
