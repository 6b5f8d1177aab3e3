# cache.bash - where the lab's trees are.  Sourced, from the project's root.
#
#   cache_names            every tree that there is a recipe for
#   cache_peer NAME        the line of a peer in tests/lab/peers, else nothing
#   cache_key NAME         16 hex digits: a hash of what NAME is made from
#   cache_path NAME        where it is or would be
#   cache_has NAME         is it there, complete?
#   cache_hold             nobody removes a tree while this process lives:
#                          descriptor 8, which children should not inherit
#   cache_make NAME LOG COMMAND...   unless it is there, `COMMAND... DIR` makes
#                          it in the empty folder DIR and writes to LOG
#
# Trees lie outside the checkout, in $XDG_CACHE_HOME/keelson/lab/NAME-KEY, so
# that every checkout finds them.  A tree is made as NAME-KEY.partial and
# renamed when complete; a lock file for each name lets one process make it
# while others wait.  Of each name the two trees used last are kept, and all
# while somebody is in the lab.  In the machine of tests/lab/boot, LAB names
# the folder of the trees, which have no key there.

CACHE=${LAB:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/keelson/lab}
CACHE_KEPT=2

# ---- recipes ----------------------------------------------------------------
# NAME.packages is the recipe of a Debian tree; others are in tests/lab/peers.
cache_names() {
	local file
	for file in tests/lab/*.packages; do
		basename "$file" .packages
	done
	awk '!/^#/ && NF { print $1 }' tests/lab/peers
}

cache_peer() { # NAME
	awk -v name="$1" '$1 == name' tests/lab/peers
}

# Packages of a Debian tree: a line each, `! COMMAND` for those it prints.
cache_packages() { # NAME
	sed -e 's/#.*//' -e '/^!/d' "tests/lab/$1.packages"
	sed -n 's/^! *//p' "tests/lab/$1.packages" | sh
}

cache_recipe() { # NAME
	local kind source pin
	if [ -e "tests/lab/$1.packages" ]; then
		sed -n 's/^# suite: *//p' "tests/lab/$1.packages"
		cache_packages "$1"
		cat tests/lab/debian
		return
	fi
	read -r _ kind source _ pin _ < <(cache_peer "$1")
	cache_peer "$1"
	cat "tests/lab/$kind"
	case $kind in
	go) cat "tests/lab/${source##*/}.sum" 2>/dev/null || true ;;
	pypi) cat "tests/lab/$pin" ;;
	sources) cat "$source" ;;
	esac
}

cache_key() { # NAME
	cache_recipe "$1" | sha256sum | cut -c 1-16
}

cache_path() { # NAME
	if [ -n "${LAB:-}" ]; then
		echo "$CACHE/$1"
	else
		echo "$CACHE/$1-$(cache_key "$1")"
	fi
}

cache_has() { # NAME
	[ -e "$(cache_path "$1")/.key" ]
}

# ---- making and removing ----------------------------------------------------
cache_hold() {
	mkdir -p "$CACHE"
	exec 8>>"$CACHE/.used"
	flock -s 8
}

# The trees of a name, the one used last first.
cache_trees() { # NAME [SUFFIX]
	local hex='[0-9a-f]'
	hex=$hex$hex$hex$hex
	find "$CACHE" -mindepth 1 -maxdepth 1 \
		-name "$1-$hex$hex$hex$hex${2:-}" -printf '%T@ %p\n' |
		sort -rn | cut -d ' ' -f 2-
}

# Trees cannot be removed below a lab that uses them: then the next one that
# makes a tree does it.
cache_prune() { # NAME
	(
		flock -n 8 || exit 0
		cache_trees "$1" | tail -n +$((CACHE_KEPT + 1)) |
			xargs -rd '\n' rm -rf --one-file-system
	) 8>>"$CACHE/.used"
}

cache_fill() { # NAME LOG TREE COMMAND...
	local name=$1 log=$2 tree=$3
	shift 3

	cache_trees "$name" .partial | xargs -rd '\n' rm -rf --one-file-system
	mkdir -p "$tree.partial" "$(dirname "$log")"
	echo "lab: making $name, see $log"
	if ! "$@" "$tree.partial" >"$log" 2>&1; then
		tail -n 15 "$log" >&2
		echo "lab: $name failed, the whole log is $log" >&2
		return 1
	fi
	cache_key "$name" >"$tree.partial/.key"
	mv "$tree.partial" "$tree"
	cache_prune "$name"
	cache_prune initramfs # of tests/lab/boot
}

cache_make() { # NAME LOG COMMAND...
	local tree
	tree=$(cache_path "$1")
	mkdir -p "$CACHE"
	# Descriptor 9 may be the lock of static-build/alone, which what is
	# started here is not to have.
	(
		if ! flock -n 7; then
			echo "lab: $1 is being made by another run, waiting"
			flock 7
		fi
		if [ -e "$tree/.key" ]; then
			touch "$tree"
		else
			cache_fill "$1" "$2" "$tree" "${@:3}" 7<&- 9<&-
		fi
	) 7>>"$CACHE/.$1.lock"
}
