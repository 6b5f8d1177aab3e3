/*
 * t_bytes - memory grows as docs/kube-proxy-mini.md says, so that the limit in
 * deploy/ follows from the number of Services and endpoints.
 *
 * The document's table "What it needs" has bytes for the program, a Service
 * and an endpoint.  Here is what the model, the records and the transaction of
 * a start with its stand-in hold at the worst moment; it must not be more.
 */
#include "kube-proxy-mini/model/entries.h"
#include "kube-proxy-mini/model/env.h"
#include "kube-proxy-mini/plan/diff.h"
#include "kube-proxy-mini/plan/settle.h"
#include "kube-proxy-mini/ruleset/batch.h"
#include "kube-proxy-mini/test/numbered.h"
#include "lib/base/test/sanitizer.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MODEL_BYTES ((size_t)512 << 20)
#define DOCUMENT    "docs/kube-proxy-mini.md"
#define DAEMONSET   "deploy/kube-proxy-mini/daemonset.yaml"

static char text[1 << 17];

static void read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	assert_true(n < sizeof(text) - 1);
	text[n] = 0;
	fclose(f);
}

/* The number in the column, from 1, of the row with that title. */
static size_t cell(const char *title, int column)
{
	const char *at = strstr(text, title);

	if (!at)
		fail_msg("no row \"%s\"", title);
	for (at += strlen(title); column > 1; column--)
		at = strchr(at, '|') + 1;
	return (size_t)strtoul(at, NULL, 10);
}

/* Bytes of the program, and of the kernel. */
struct formula {
	size_t program, service, endpoint, large_endpoint;
	size_t kernel_service, kernel_endpoint;
};

static struct formula read_formula(void)
{
	static const char service[] = "| a Service with one port |";
	static const char endpoint[] = "| an endpoint, for each port |";

	read_file(DOCUMENT);
	return (struct formula){
		.program = cell("| the program |", 1) << 20,
		.service = cell(service, 1),
		.endpoint = cell(endpoint, 1),
		.large_endpoint =
			cell("| more for one of a Service of 512 or more |", 1),
		.kernel_service = cell(service, 2),
		.kernel_endpoint = cell(endpoint, 2),
	};
}

static size_t held(void)
{
	struct mallinfo2 i = mallinfo2();

	return i.uordblks + i.hblkhd;
}

static void take(void *context, enum nft_op op, const struct elem *el,
	struct str port_name)
{
	batch_put(context, op, el, port_name);
}

/* What a start holds when the transaction and the stand-in's are written. */
static size_t measure_start(struct model *m, size_t before)
{
	static struct batch first, second;
	struct env env = env_default();
	struct settle s;
	size_t most;

	settle_make(&s);
	batch_make(&first, "t");
	batch_make(&second, "t");
	assert_int_equal(settle_plan(&s, m, &env, NULL), 0);
	for (struct model_entry *n = s.planned; n; n = n->next_planned) {
		diff_records(NULL, n->next, take, &first);
		diff_records(NULL, n->next, take, &second);
	}
	most = held() - before;
	batch_free(&first);
	batch_free(&second);
	settle_drop(&s, m);
	model_free(m);
	settle_free(&s);
	return most;
}

static void expect_within(const char *what, size_t bytes, size_t formula)
{
	print_message("# %s: %zu KiB, by the formula %zu\n", what, bytes / 1024,
		formula / 1024);
	assert_true(bytes <= formula);
	/* a formula that is far too high says nothing */
	assert_true(bytes * 4 >= formula);
}

static void a_start_needs_what_the_document_says(void **state)
{
	static const struct {
		uint32_t services, each;
	} sizes[] = {{10000, 1}, {10000, 10}, {1000, 50}};
	struct formula f = read_formula();

	(void)state;
	if (HAS_SANITIZER)
		skip();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t n = sizes[i].services, before = held();
		struct model *m = model_make(MODEL_BYTES);
		char what[64];

		numbered_load(m, sizes[i].services, sizes[i].each);
		snprintf(what, sizeof(what), "%zu x %u", n, sizes[i].each);
		expect_within(what, measure_start(m, before),
			n * (f.service + sizes[i].each * f.endpoint));
	}
}

static void a_large_service_needs_more(void **state)
{
	struct formula f = read_formula();
	size_t before = held();
	struct model *m;

	(void)state;
	if (HAS_SANITIZER)
		skip();
	m = model_make(MODEL_BYTES);
	numbered_large(m, 50000, 0);
	expect_within("1 x 50000", measure_start(m, before),
		50000 * (f.endpoint + f.large_endpoint));
}

/* 100,000 Services of one endpoint. */
static void the_limit_follows(void **state)
{
	struct formula f = read_formula();
	size_t need = f.program +
		      100000 * (f.service + f.endpoint + f.kernel_service +
				       f.kernel_endpoint);

	(void)state;
	read_file(DAEMONSET);
	assert_non_null(strstr(text, "\n              memory: 208Mi\n"));
	assert_true(need <= (size_t)208 << 20);
	assert_true(need > (size_t)192 << 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_start_needs_what_the_document_says),
		cmocka_unit_test(a_large_service_needs_more),
		cmocka_unit_test(the_limit_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
