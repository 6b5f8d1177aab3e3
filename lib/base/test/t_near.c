/* Which known word a mistyped one was meant to be. */
#include "lib/base/near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void finds_what_was_meant(void **state)
{
	static const char *const known[] = {"help", "cleanup", "client-ca-file",
		"cluster-cidr", "serve", "show", "v"};
	static const struct {
		const char *word, *best;
	} row[] = {
		{"hepl", "help"},
		{"hlep", "help"},
		{"clean", "cleanup"},
		{"clenup", "cleanup"},
		{"client-cafile", "client-ca-file"},
		{"cluster_cidr", "cluster-cidr"},
		{"serv", "serve"},
		{"shwo", "show"},
		{"sever", NULL},
		{"kubeconfig", NULL},
		{"x", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct near n = near_make(
			(struct str){row[i].word, strlen(row[i].word)});

		for (size_t k = 0; k < sizeof known / sizeof *known; k++)
			near_offer(&n, known[k]);
		if (row[i].best)
			assert_string_equal(n.best, row[i].best);
		else
			assert_null(n.best);
	}
}

static void endless_words_are_near_to_nothing(void **state)
{
	char word[500];
	struct near n;

	(void)state;
	memset(word, 'a', sizeof word - 1);
	word[sizeof word - 1] = 0;
	n = near_make((struct str){word, strlen(word)});
	near_offer(&n, word);
	assert_null(n.best);
	n = near_make((struct str){"aaaa", 4});
	near_offer(&n, word);
	assert_null(n.best);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_meant),
		cmocka_unit_test(endless_words_are_near_to_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
