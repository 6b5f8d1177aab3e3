/*
 * driver - drives the ruleset by lines of text, for tests in network
 * namespaces and for measurements, without an API server.
 *
 * Blanks separate the words of a line, commas the items of a list.
 *   env KEY=VALUE...            node= zone= pods= services= nodeports= nodeip=
 *       masquerade-all=1 masquerade-random=0 bridge= prefix=
 *       elements-max=
 *   service NS/NAME KEY=VALUE...
 *       type=cluster|balancer|name ip= port=NAME:PROTO:PORT[:NODEPORT],...
 *       affinity=SECONDS external= lb= lb-proxy= ranges= etp=local itp=local
 *       headless=1 foreign=1
 *   slice NS/NAME KEY=VALUE...  service= family=4|6 port=NAME:PROTO:PORT,...
 *       ep=ADDRESS[/FLAGS[/NODE[/ZONE+ZONE[/NODE+NODE]]]],...
 *       FLAGS of r (ready) s (serving) t (terminating), empty for rs
 *   delete-service NS/NAME    delete-slice NS/NAME
 *   list-begin  list-end        the lines between are all that exists
 *   load SERVICES ENDPOINTS     Services ns-I/svc-I at 10.96.1.0 and up
 *   change I                    replace an endpoint of the I-th of them
 *   grow I N                    give the I-th of them N endpoints
 *   churn SERVICES ENDPOINTS SECONDS  100 changes a second to them
 *   sync    repeat N            (repeat: time N changes)
 *   run COMMAND                 in a shell, with our output
 *   show [NS/NAME]   plan       what is in the kernel, and what would be
 *   stats   wait SECONDS   listen   cleanup   quit
 */
#include "kube-proxy-mini/kernel/apply.h"
#include "kube-proxy-mini/kernel/cleanup.h"
#include "kube-proxy-mini/show/show.h"
#include "kube-proxy-mini/test/lines.h"
#include "kube-proxy-mini/test/numbered.h"
#include "lib/base/clock.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define RATE        100 /* changes a second of churn */
#define MODEL_BYTES ((size_t)512 << 20)
#define TEXT_MAX    ((size_t)64 << 20)

struct driver {
	struct model *model;
	struct apply *apply;
	struct env env;
	bool is_env_new;
};

/* Commands. */

static void sync_now(struct driver *d)
{
	struct err e = {0};

	if (!d->apply)
		d->apply = apply_open(&d->env, &e);
	else if (d->is_env_new)
		apply_set_env(d->apply, &d->env);
	d->is_env_new = false;
	if (!d->apply || apply_sync(d->apply, d->model, &e) < 0)
		lines_fail("sync", str_of(e.text));
}

static double now_us(void)
{
	return (double)clock_monotonic_ns() / 1e3;
}

/* CPU time of this process, in user space and in the kernel. */
static double cpu_us(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e6 +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void repeat(struct driver *d, uint32_t n, uint32_t services,
	uint32_t endpoints_each, bool is_growth)
{
	double *took = calloc(n, sizeof(*took)), start;

	for (uint32_t i = 0; took && i < n; i++) {
		uint32_t s = (uint32_t)(i * 2654435761u) % services;

		start = now_us();
		numbered_slice(d->model, s, endpoints_each + is_growth,
			is_growth ? 0 : 1000);
		sync_now(d);
		took[i] = now_us() - start;
		numbered_slice(d->model, s, endpoints_each, 0);
		sync_now(d);
		usleep(500);
	}
	if (took) {
		qsort(took, n, sizeof(*took), compare_doubles);
		printf("%s p50_us=%.1f p99_us=%.1f max_us=%.1f\n",
			is_growth ? "grow" : "change", took[n / 2],
			took[n * 99 / 100], took[n - 1]);
	}
	free(took);
}

/* The first of the Services is left alone. */
static void churn(
	struct driver *d, uint32_t services, uint32_t n, uint32_t seconds)
{
	size_t changes = (size_t)seconds * RATE;
	double *took = calloc(changes + 1, sizeof(*took));
	double start = now_us(), cpu = cpu_us(), wait;

	for (size_t i = 0; took && i < changes; i++) {
		wait = start + (double)i * 1e6 / RATE - now_us();
		if (wait > 0)
			usleep((useconds_t)wait);
		took[i] = now_us();
		numbered_slice(d->model, 1 + (uint32_t)i % (services - 1), n,
			(uint32_t)i % 7 + 1);
		sync_now(d);
		took[i] = now_us() - took[i];
	}
	cpu = 100 * (cpu_us() - cpu) / (now_us() - start);
	if (took && changes) {
		qsort(took, changes, sizeof(*took), compare_doubles);
		printf("churn_p50_us=%.1f churn_p99_us=%.1f "
		       "churn_cpu_percent=%.2f\n",
			took[changes / 2], took[changes * 99 / 100], cpu);
	}
	free(took);
}

static long rss_kib(void)
{
	char line[128];
	long kib = -1;
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "VmRSS: %ld kB", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib;
}

static uint64_t most(const uint64_t by_family[MODEL_FAMILIES])
{
	return by_family[MODEL_V4] > by_family[MODEL_V6] ? by_family[MODEL_V4]
							 : by_family[MODEL_V6];
}

static void print_stats(const struct driver *d)
{
	struct stats s = *apply_stats(d->apply);
	struct model_counts c = model_count(d->model);
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	printf("operations=%llu bytes=%llu plan_ms=%.1f send_ms=%.1f "
	       "rules=%llu chains=%llu repairs=%llu full=%llu model_kib=%zu "
	       "no_local_external=%llu no_local_internal=%llu "
	       "services_left_out=%llu endpoints_left_out=%llu rss_kib=%ld "
	       "peak_kib=%ld user_ms=%ld system_ms=%ld\n",
		(unsigned long long)s.operations, (unsigned long long)s.bytes,
		(double)s.plan_ns / 1e6, (double)s.send_ns / 1e6,
		(unsigned long long)s.rules, (unsigned long long)s.chains,
		(unsigned long long)s.repairs, (unsigned long long)s.full_syncs,
		c.bytes / 1024, (unsigned long long)most(s.no_local_external),
		(unsigned long long)most(s.no_local_internal),
		(unsigned long long)s.services_left_out,
		(unsigned long long)s.endpoints_left_out, rss_kib(),
		r.ru_maxrss,
		r.ru_utime.tv_sec * 1000 + r.ru_utime.tv_usec / 1000,
		r.ru_stime.tv_sec * 1000 + r.ru_stime.tv_usec / 1000);
	fflush(stdout);
}

static uint32_t next_number(struct str *rest)
{
	struct str word;

	if (!str_cut(rest, ' ', &word))
		return 0;
	return (uint32_t)lines_number(word, UINT32_MAX);
}

static void listen_now(struct driver *d)
{
	struct pollfd p = {apply_fd(d->apply), POLLIN, 0};
	struct err e = {0};

	poll(&p, 1, 1000);
	if (apply_listen(d->apply, d->model, &e) > 0)
		sync_now(d);
}

/* Verbs; rest is what follows, ended by a NUL. */

static void do_env(struct driver *d, struct str rest)
{
	lines_env(&d->env, d->model, rest);
	d->is_env_new = true;
}

static void do_service(struct driver *d, struct str rest)
{
	lines_put_service(d->model, rest);
}

static void do_slice(struct driver *d, struct str rest)
{
	lines_put_slice(d->model, rest);
}

static void do_delete_service(struct driver *d, struct str rest)
{
	struct str ns, name;

	lines_split(rest, &ns, &name);
	model_delete_service(d->model, ns, name);
}

static void do_delete_slice(struct driver *d, struct str rest)
{
	struct str ns, name;

	lines_split(rest, &ns, &name);
	model_delete_slice(d->model, ns, name);
}

static void do_list_begin(struct driver *d, struct str rest)
{
	(void)rest;
	model_list_begin(d->model, MODEL_SERVICES);
	model_list_begin(d->model, MODEL_SLICES);
}

static void do_list_end(struct driver *d, struct str rest)
{
	(void)rest;
	model_list_end(d->model, MODEL_SERVICES);
	model_list_end(d->model, MODEL_SLICES);
}

static void do_load(struct driver *d, struct str rest)
{
	uint32_t services = next_number(&rest);

	numbered_load(d->model, services, next_number(&rest));
}

static void do_change(struct driver *d, struct str rest)
{
	numbered_slice(d->model, next_number(&rest), 1, 1000);
}

static void do_grow(struct driver *d, struct str rest)
{
	uint32_t which = next_number(&rest);

	numbered_slice(d->model, which, next_number(&rest), 0);
}

static void do_repeat(struct driver *d, struct str rest)
{
	uint32_t n = next_number(&rest), services = next_number(&rest);
	uint32_t each = next_number(&rest);

	repeat(d, n, services, each, false);
	repeat(d, n, services, each, true);
}

static void do_churn(struct driver *d, struct str rest)
{
	uint32_t services = next_number(&rest), each = next_number(&rest);

	churn(d, services, each, next_number(&rest));
}

static void do_sync(struct driver *d, struct str rest)
{
	(void)rest;
	sync_now(d);
}

static void do_stats(struct driver *d, struct str rest)
{
	(void)rest;
	print_stats(d);
}

static void print_text(struct buf *text, int r, const struct err *e)
{
	if (r < 0)
		buf_fmt(text, "error: %s\n", e->text);
	fputs(buf_cstr(text), stdout);
	buf_free(text);
}

static void do_show(struct driver *d, struct str rest)
{
	struct buf text = buf_growing(TEXT_MAX);
	struct err e = {0};

	(void)d;
	print_text(&text, show_service(rest, SHOW_TEXT, &text, &e), &e);
}

static void do_plan(struct driver *d, struct str rest)
{
	struct buf text = buf_growing(TEXT_MAX);
	struct err e = {0};

	(void)rest;
	print_text(&text, show_plan(d->model, &d->env, &text, &e), &e);
}

static void do_run(struct driver *d, struct str rest)
{
	(void)d;
	fflush(stdout);
	if (system(rest.p) != 0)
		puts("(failed)");
}

static void do_wait(struct driver *d, struct str rest)
{
	(void)d;
	sleep(next_number(&rest));
}

static void do_listen(struct driver *d, struct str rest)
{
	(void)rest;
	listen_now(d);
}

static void do_cleanup(struct driver *d, struct str rest)
{
	struct err e = {0};

	(void)d;
	(void)rest;
	if (cleanup_ours(&e) < 0)
		lines_fail("cleanup", str_of(e.text));
}

static const struct {
	const char *name;
	void (*act)(struct driver *d, struct str rest);
} verbs[] = {
	{"env", do_env},
	{"service", do_service},
	{"slice", do_slice},
	{"delete-service", do_delete_service},
	{"delete-slice", do_delete_slice},
	{"list-begin", do_list_begin},
	{"list-end", do_list_end},
	{"load", do_load},
	{"change", do_change},
	{"grow", do_grow},
	{"repeat", do_repeat},
	{"churn", do_churn},
	{"sync", do_sync},
	{"stats", do_stats},
	{"show", do_show},
	{"plan", do_plan},
	{"run", do_run},
	{"wait", do_wait},
	{"listen", do_listen},
	{"cleanup", do_cleanup},
};

static void do_line(struct driver *d, struct str line)
{
	struct str verb, rest = line;

	str_cut(&rest, ' ', &verb);
	if (!verb.n || verb.p[0] == '#')
		return;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (str_is(verb, verbs[i].name)) {
			verbs[i].act(d, rest);
			fflush(stdout);
			return;
		}
	lines_fail("what is", verb);
}

int main(void)
{
	static struct driver d;
	static char line[65536];

	d.model = model_make(MODEL_BYTES);
	d.env = env_default();
	while (d.model && fgets(line, sizeof(line), stdin)) {
		if (strncmp(line, "quit", 4) == 0)
			break;
		line[strcspn(line, "\n")] = 0;
		do_line(&d, str_of(line));
	}
	apply_close(d.apply);
	model_free(d.model);
	return 0;
}
