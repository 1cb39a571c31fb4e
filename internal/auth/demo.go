package auth

import (
	"namesake/internal/rbac"
)

// demoActors are the people to choose from in demo mode.
var demoActors = []rbac.Actor{
	{Subject: "viewer", Name: "Vera Lindqvist", Email: "vera.lindqvist@haldenvoss.example", Role: rbac.Viewer},
	{Subject: "editor", Name: "Edgar Okafor", Email: "edgar.okafor@haldenvoss.example", Role: rbac.Editor},
	{Subject: "admin", Name: "Ada Moreau", Email: "ada.moreau@haldenvoss.example", Role: rbac.Admin},
}

// DemoActors returns the people to choose from in demo mode, the lowest role first.
func DemoActors() []rbac.Actor {
	actors := make([]rbac.Actor, len(demoActors))
	for i, a := range demoActors {
		a.Issuer, a.Auth = "demo", "demo"
		actors[i] = a
	}
	return actors
}

// DemoActor returns the demo person called user: viewer, editor or admin.
func DemoActor(user string) (rbac.Actor, bool) {
	for _, a := range DemoActors() {
		if a.Subject == user {
			return a, true
		}
	}
	return rbac.Actor{}, false
}
