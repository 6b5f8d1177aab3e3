# order.awk - print the names of recipes, each after those that it needs.
#
#   awk -f order.awk recipes/*
#
# Among recipes that could be next, that of the first name is.  A need that is
# no recipe, and recipes that need each other, end it with exit code 2.

function fail(why)
{
	print "order: " why > "/dev/stderr"
	failed = 1
	exit 2
}

FNR == 1 {
	name = FILENAME
	sub(/.*\//, "", name)
	names[++n] = name
	is_recipe[name] = 1
}

/^needs=/ {
	text = $0
	sub(/^needs=/, "", text)
	gsub(/\047/, "", text)
	needs[name] = text
}

# Is all that it needs done?
function is_ready(name,    i, count, list)
{
	count = split(needs[name], list, " ")
	for (i = 1; i <= count; i++) {
		if (!(list[i] in is_recipe))
			fail("recipe " name " needs " list[i] \
				", which is no recipe")
		if (!(list[i] in is_done))
			return 0
	}
	return 1
}

END {
	if (failed)
		exit 2
	for (left = n; left > 0; left -= moved) {
		moved = 0
		for (i = 1; i <= n; i++) {
			if (names[i] in is_done || !is_ready(names[i]))
				continue
			is_done[names[i]] = 1
			print names[i]
			moved++
		}
		if (moved)
			continue
		circle = ""
		for (i = 1; i <= n; i++)
			if (!(names[i] in is_done))
				circle = circle " " names[i]
		fail("these recipes need each other:" circle)
	}
}
