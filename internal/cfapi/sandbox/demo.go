package sandbox

import (
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// company is the domain of the invented company whose people the demo shows.
const company = "haldenvoss.example"

func lower(s string) string { return strings.ToLower(s) }

// demo is one line of the table below. An email without an @ is the local part
// of an address at the company.
type demo struct {
	days       int // ago
	name       string
	email      string
	regex      bool
	provenance string
	comments   string
}

const (
	ms  = Microsoft365
	msc = Microsoft365API
	gg  = GoogleDirectory
)

var demos = []demo{
	{361, "Johanna Voss", "johanna.voss", false, msc, ""},
	{361, "Johanna Voss", "j.voss@voss-family.example", false, Manual, "Private address; she writes to the board from it."},
	{340, "Johanna Voss", `ceo\+[a-z]+@haldenvoss\.example`, true, Manual, "Tagged addresses of the CEO's office"},
	{360, "Henrik Halden", "henrik.halden", false, msc, ""},
	{352, "Henrik Halden", "halden@halden-holding.example", false, Manual, "Chairman; uses his holding's mail"},
	{359, "Martina Oyelaran", "martina.oyelaran", false, msc, ""},
	{301, "Martina Oyelaran", "cfo@haldenvoss.example", false, Manual, "CFO role address"},
	{358, "Ελένη Παπαδοπούλου", "eleni.papadopoulou", false, msc, ""},
	{211, "Ελένη Παπαδοπούλου", "eleni@papadopoulou.example", false, Manual, "Asked for on 14 May, ticket SEC-412"},
	{355, "Наталія Коваленко", "nataliia.kovalenko", false, msc, ""},
	{350, "Дмитрий Соколов", "dmitri.sokolov", false, ms, ""},
	{348, "ليلى حداد", "layla.haddad", false, ms, ""},
	{347, "陈伟", "wei.chen", false, ms, ""},
	{199, "陈伟", `wei\.chen@(apac|cn)\.haldenvoss\.example`, true, Manual, "Mail servers of the Shanghai office"},
	{346, "佐藤 美咲", "misaki.sato", false, ms, ""},
	{344, "प्रिया शर्मा", "priya.sharma", false, gg, ""},
	{339, "김민준", "minjun.kim", false, gg, ""},
	{331, "נועה לוי", "noa.levi", false, gg, ""},
	{322, "สมชาย ใจดี", "somchai.jaidee", false, gg, ""},
	{318, "Nguyễn Thị Ánh", "anh.nguyen", false, gg, ""},
	{305, "Þórunn Sigurðardóttir", "thorunn.sigurdardottir", false, gg, ""},
	{290, "Lukáš Dvořák", "lukas.dvorak", false, ms, ""},
	{276, "Aoife O’Sullivan", "aoife.osullivan", false, ms, ""},
	{260, "Kwame Mensah-Boateng", "kwame.mensah-boateng", false, gg, ""},
	{248, "Ana Lucía Fernández de la Vega", "ana.fernandez", false, msc, ""},
	{
		240, "María del Carmen Rodríguez-Villaverde y Ortiz de la Peña, Assistant to the Executive Board (Madrid and Lisbon)",
		"carmen.rodriguez", false, Manual, "",
	},
	{233, "Dr. Friedrich-Wilhelm Freiherr von Hohenlohe-Bartenstein", "fw.hohenlohe", false, Manual, "Supervisory board"},
	{220, "Ines Marchetti", "ines.marchetti", false, ms, ""},
	{
		180, "Ines Marchetti", "ines.marchetti@studio-marchetti.example", false, Manual,
		"Freelance until 2025.\nStill sends drafts from her own domain.",
	},
	{172, "Tobias Brandt", "tobias.brandt", false, gg, ""},
	{160, "Tobias Brandt", `t(obias)?\.?brandt@.*haldenvoss\.example`, true, Manual, "All sub-domains"},
	{140, "Accounts Payable", `(accounts|payable|invoices?)@haldenvoss\.example`, true, Manual, "Invoice fraud: keep this narrow"},
	{128, "IT Service Desk", "servicedesk", false, Manual, ""},
	{127, "IT Service Desk", "haldenvoss@tickets.example", false, Manual, "Ticket system's own sender"},
	{96, "Human Resources", "hr", false, Manual, ""},
	{95, "Human Resources", `no-?reply@(eu|us)\.payroll\.example`, true, Manual, "Payroll provider"},
	{64, "Halden & Voss Newsletter", `.*@news\.haldenvoss\.example`, true, Manual, ""},
	{41, "Sofia Lindqvist", "sofia.lindqvist", false, gg, ""},
	{33, "Rashid Al-Amin", "rashid.alamin", false, ms, ""},
	{12, "Grace Tan", "grace.tan", false, Manual, "Starts in January; remove once the directory has her"},
	{3, "Grace Tan", "grace.tan@alumni.example", false, Manual, ""},
	{0, "Oliver Whitcombe", "oliver.whitcombe", false, Manual, "Interim general counsel"},
}

// DemoEntries returns about 40 entries of one invented company, made over the
// year before now.
func DemoEntries(now time.Time) []Entry {
	now = timestamp(now)
	entries := make([]Entry, len(demos))
	for i, d := range demos {
		created := now.Add(-time.Duration(d.days)*24*time.Hour - time.Duration(i*i*53+37)*time.Second -
			time.Duration(i*104_729%1_000_000)*time.Microsecond)
		e := Entry{
			ID: fixedID("demo", i), Name: d.name, Email: d.email, IsEmailRegex: d.regex, Provenance: d.provenance,
			CreatedAt: created, ModifiedAt: created,
		}
		if !d.regex && !strings.Contains(d.email, "@") {
			e.Email = d.email + "@" + company
		}
		if d.comments != "" {
			e.Comments = new(d.comments)
		}
		if i%4 == 1 && d.days > 30 {
			e.ModifiedAt = created.Add(time.Duration(d.days/2) * 24 * time.Hour)
		}
		if e.Synced() {
			setDirectory(&e, i)
		}
		entries[i] = e
	}
	return entries
}

// setDirectory fills in what a sync leaves on an entry.
func setDirectory(e *Entry, i int) {
	directory := map[string]int64{msc: 31, ms: 32, gg: 47}[e.Provenance]
	e.DirectoryID, e.DirectoryNodeID = &directory, new(int64(9_000+i))
	external := uuid.NewSHA1(entrySpace, []byte(e.Email)).String()
	if e.Provenance == gg {
		external = "10" + strconv.Itoa(3_700_000_000+i*7_919)
	}
	e.ExternalDirectoryNodeID = &external
}
