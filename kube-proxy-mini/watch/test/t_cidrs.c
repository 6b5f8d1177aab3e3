/* t_cidrs - ServiceCIDR objects are decoded and put into the environment. */
#include "kube-proxy-mini/watch/cidrs.h"
#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena memory;
static struct field_reader reader;

static int decode(const char *json, struct cidrs_object *out, struct err *e)
{
	const struct node *n = NULL;

	arena_free(&memory);
	memory = arena_make(1u << 20);
	assert_int_equal(json_parse(str_of(json), &memory, &n, NULL), 0);
	reader = field_reader_make(&memory);
	return cidrs_decode(n, &reader, out, e);
}

static int forget(void **state)
{
	(void)state;
	arena_free(&memory);
	return 0;
}

#define OBJECT(name, cidrs)                                                    \
	"{\"metadata\":{\"name\":\"" name "\"},\"spec\":{\"cidrs\":" cidrs "}" \
	"}"

static void both_families_are_read(void **state)
{
	struct cidrs_object o;

	(void)state;
	assert_int_equal(decode(OBJECT("kubernetes", "[\"10.96.0.0/12\","
						     "\"fd00:96::/112\"]"),
				 &o, NULL),
		0);
	assert_string_equal(o.name, "kubernetes");
	assert_int_equal(o.n_nets, 2);
	assert_int_equal(o.nets[1].bits, 112);
}

static void nonsense_is_named(void **state)
{
	struct cidrs_object o;
	struct err e = {0};

	(void)state;
	assert_int_equal(
		decode(OBJECT("a", "[\"x\",\"10.0.0.0/8\"]"), &o, &e), 0);
	assert_int_equal(o.n_nets, 1);
	assert_string_equal(reader.odd, "spec.cidrs[0]: \"x\" is not a prefix");
	assert_int_equal(
		decode(OBJECT("a", "[\"::/0\",\"::/1\",\"::/2\"]"), &o, &e), 0);
	assert_int_equal(o.n_nets, CIDRS_NETS_MAX);
	assert_int_equal(reader.n_odd, 1);
	assert_int_equal(decode("{}", &o, &e), -1);
}

static void each_prefix_stands_once(void **state)
{
	static struct cidrs c;
	struct env env = env_default();

	(void)state;
	assert_int_equal(
		decode(OBJECT("a", "[\"10.96.0.0/12\"]"), &c.objects[0], NULL),
		0);
	assert_int_equal(decode(OBJECT("b", "[\"10.96.0.0/12\",\"fd00::/64\"]"),
				 &c.objects[1], NULL),
		0);
	c.n_objects = 2;
	cidrs_apply(&c, &env);
	assert_int_equal(env.n_service_nets, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(both_families_are_read, forget),
		cmocka_unit_test_teardown(nonsense_is_named, forget),
		cmocka_unit_test_teardown(each_prefix_stands_once, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
