# docker.bash - run a real dockerd and use its API: the package docker.io comes
# without the docker command.  Sourced.
#
#   docker_start [OPTION...]   containers get no network
#   docker_stop
#   docker_api PATH [CURL-OPTION...]
#                              send a request, print the answer
#   docker_image NAME DIR      import the root file system DIR as an image
#   docker_run NAME JSON       create a container with this configuration,
#                              start it, print its id

DOCKER_DIR=/keep/docker

docker_api() {
	curl -fsS --unix-socket /run/docker.sock "http://docker$1" "${@:2}"
}

docker_start() {
	mkdir -p $DOCKER_DIR /var/lib/docker
	mountpoint -q /var/lib/docker ||
		mount -t tmpfs docker /var/lib/docker
	dockerd --iptables=false --ip6tables=false --bridge=none \
		--cgroup-parent=/keelson-lab "$@" >>$DOCKER_DIR/log 2>&1 3>&- &
	echo $! >$DOCKER_DIR/pid
	wait_for docker_api /info
}

docker_stop() {
	kill "$(cat $DOCKER_DIR/pid)"
	wait_for fails test -e "/proc/$(cat $DOCKER_DIR/pid)"
}

docker_image() {
	tar -C "$2" -c . | docker_api "/images/create?fromSrc=-&repo=$1" \
		-X POST -H 'Content-Type: application/x-tar' \
		--data-binary @- >/dev/null
}

docker_run() {
	local id
	id=$(docker_api "/containers/create?name=$1" -d "$2" \
		-H 'Content-Type: application/json' | jq -re .Id)
	docker_api "/containers/$id/start" -X POST
	echo "$id"
}
