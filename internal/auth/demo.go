package auth

import "namesake/internal/registry"

// demoActors are the people that demo mode offers to be.
var demoActors = []registry.Actor{
	{Subject: "viewer", Name: "Vera Lindqvist", Email: "vera.lindqvist@haldenvoss.example", Role: registry.Viewer},
	{Subject: "editor", Name: "Edgar Okafor", Email: "edgar.okafor@haldenvoss.example", Role: registry.Editor},
	{Subject: "admin", Name: "Ada Moreau", Email: "ada.moreau@haldenvoss.example", Role: registry.Admin},
}

// DemoActors returns the people that demo mode offers to be, by rising role.
func DemoActors() []registry.Actor {
	actors := make([]registry.Actor, len(demoActors))
	for i, a := range demoActors {
		a.Issuer, a.Auth = "demo", "demo"
		actors[i] = a
	}
	return actors
}

// DemoActor returns the demo person called user: viewer, editor or admin.
func DemoActor(user string) (registry.Actor, bool) {
	for _, a := range DemoActors() {
		if a.Subject == user {
			return a, true
		}
	}
	return registry.Actor{}, false
}
