/* expression: any text; what is read has its sides before each operator. */
#include "sbom/licence/judge.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct expression *x)
{
	for (size_t i = 0; i < x->n; i++) {
		bool is_leaf = x->node[i].kind == EXPRESSION_LICENCE;

		if (!is_leaf && (i < 2 || x->node[i].left >= i - 1))
			__builtin_trap();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = {(const char *)data, size};
	bool chosen[EXPRESSION_NODES_MAX], any = false;
	struct expression x;
	const struct expression *list = &x;
	struct judgement j;

	if (expression_parse(text, &x, NULL) < 0)
		return 0;
	check(&x);
	judge(&list, 1, &j);
	judge_choose(&x, j.under, chosen);
	for (size_t i = 0; i < x.n; i++)
		any |= chosen[i] && x.node[i].kind == EXPRESSION_LICENCE;
	if (!any)
		__builtin_trap();
	return 0;
}
