package importer_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"namesake/internal/importer"
)

const (
	entraUsers      = `userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled,usageLocation,streetAddress,state,country,officeLocation,city,postalCode,telephoneNumber,mobilePhone,alternateEmailAddress,ageGroup,consentProvidedForMinor,legalAgeGroupClassification,companyName,creationType,directorySynced,invitationState,identityIssuer,createdDateTime`
	entraOld        = `objectId,userPrincipalName,displayName,mail,physicalDeliveryOfficeName,mobile,authenticationEmail`
	entraBulk       = `Name [displayName] Required,User name [userPrincipalName] Required,Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required,First name [givenName],Last name [surname],Job title [jobTitle],Department [department]`
	microsoftActive = `Block credential,City,Country/Region,Department,Display name,First name,Last name,User principal name`
	microsoftAdd    = `User Name,First Name,Last Name,Display Name,Job Title,Department,Office Number,Office Phone,Mobile Phone,Fax,Alternate email address,Address,City,State or Province,ZIP or Postal Code,Country or Region`
	google          = `First Name [Required],Last Name [Required],Email Address [Required],Password [Required],Password Hash Function [UPLOAD ONLY],Org Unit Path [Required],New Primary Email [UPLOAD ONLY],Status [READ ONLY],Last Sign In [READ ONLY],Recovery Email,Home Secondary Email,Work Secondary Email,Recovery Phone [MUST BE IN THE E.164 FORMAT],Work Phone,Home Phone,Mobile Phone,Work Address,Home Address,Employee ID,Employee Type,Employee Title,Manager Email,Department,Cost Center,2sv Enrolled [READ ONLY],2sv Enforced [READ ONLY],Building ID,Floor Name,Floor Section,Email Usage [READ ONLY],Drive Usage [READ ONLY],Total Storage [READ ONLY],Change Password at Next Sign-In,New Status [UPLOAD ONLY]`
	googlePlain     = `First Name;Last Name;Email Address;Password;Status;Recovery Email;Home Secondary Email;Work Secondary Email`
)

// mapping writes the uses of columns as the API's names, without those that are dropped.
func mapping(f *importer.File) (text string) {
	for i, u := range f.Mapping {
		if u != importer.Drop {
			text += " " + f.Header[i] + "=" + string(u)
		}
	}
	return strings.TrimSpace(text)
}

func TestHeaders(t *testing.T) {
	for _, tt := range []struct{ name, header, want string }{
		{"Cloudflare's template", `Display_Name,Email`, `Display_Name=name Email=email`},
		{"Cloudflare's example", `Display Name, Email`, `Display Name=name Email=email`},
		{"Cloudflare's older page", `Display_Name, Email`, `Display_Name=name Email=email`},
		{
			"the API's names", `name,email,is_email_regex,comments,provenance,id,created_at,modified_at`,
			`name=name email=email is_email_regex=is_email_regex comments=comments provenance=provenance id=id`,
		},
		{
			"the API's names of a directory's entry", `name,email,is_email_regex,comments,directory_id,directory_node_id,external_directory_node_id,provenance`,
			`name=name email=email is_email_regex=is_email_regex comments=comments directory_id=directory_id directory_node_id=directory_node_id external_directory_node_id=external_directory_node_id provenance=provenance`,
		},
		{
			"Entra ID", entraUsers,
			`userPrincipalName=user_name displayName=name surname=last_name mail=email givenName=first_name userType=user_type accountEnabled=enabled alternateEmailAddress=secondary_email`,
		},
		{"Entra ID, older", entraOld, `userPrincipalName=user_name displayName=name mail=email authenticationEmail=recovery_email`},
		{
			"Entra ID, bulk create", entraBulk,
			`Name [displayName] Required=name User name [userPrincipalName] Required=user_name Block sign in (Yes/No) [accountEnabled] Required=blocked First name [givenName]=first_name Last name [surname]=last_name`,
		},
		{"Microsoft 365, active users", microsoftActive, `Block credential=blocked Display name=name First name=first_name Last name=last_name User principal name=user_name`},
		{"Microsoft 365, add users", microsoftAdd, `User Name=user_name First Name=first_name Last Name=last_name Display Name=name Alternate email address=secondary_email`},
		{
			"Google Workspace", google,
			`First Name [Required]=first_name Last Name [Required]=last_name Email Address [Required]=email Status [READ ONLY]=status Recovery Email=recovery_email Home Secondary Email=secondary_email Work Secondary Email=secondary_email`,
		},
		{
			"Google Workspace, without notes", googlePlain,
			`First Name=first_name Last Name=last_name Email Address=email Status=status Recovery Email=recovery_email Home Secondary Email=secondary_email Work Secondary Email=secondary_email`,
		},
		{
			"Outlook's contacts", `"First Name","Middle Name","Last Name","Title","E-mail Address","E-mail 2 Address"`,
			`First Name=first_name Middle Name=middle_name Last Name=last_name E-mail Address=email E-mail 2 Address=secondary_email`,
		},
		{"Google's contacts", `Name,Given Name,E-mail 1 - Type,E-mail 1 - Value`, `Name=name Given Name=first_name E-mail 1 - Value=email`},
		{"PowerShell", "#TYPE Selected.System.Management.Automation.PSCustomObject\n\"DisplayName\",\"proxyAddresses\"", `DisplayName=name proxyAddresses=proxy_addresses`},
		{"German", `Anzeigename;E-Mail`, `Anzeigename=name E-Mail=email`},
		{"German, two parts", `Name;Vorname;E-Mail-Adresse`, `Name=last_name Vorname=first_name E-Mail-Adresse=email`},
		{"French", `Nom complet;Adresse e-mail`, `Nom complet=name Adresse e-mail=email`},
		{"French, two parts", `Nom;Prénom;Courriel`, `Nom=last_name Prénom=first_name Courriel=email`},
		{"Spanish", `Nombre;Correo electrónico`, `Nombre=name Correo electrónico=email`},
		{"Spanish, two parts", `Nombre;Apellidos;Correo electrónico`, `Nombre=first_name Apellidos=last_name Correo electrónico=email`},
		{"Italian", `Nome;Cognome;Indirizzo e-mail`, `Nome=first_name Cognome=last_name Indirizzo e-mail=email`},
		{"Portuguese", `Nome completo;Endereço de e-mail`, `Nome completo=name Endereço de e-mail=email`},
		{"Dutch", `Weergavenaam;E-mailadres`, `Weergavenaam=name E-mailadres=email`},
		{"Swedish", `Namn;E-postadress`, `Namn=name E-postadress=email`},
		{"Polish", `Imię i nazwisko;Adres e-mail`, `Imię i nazwisko=name Adres e-mail=email`}, //nolint:misspell // Polish
		{"Russian", `Имя;Электронная почта`, `Имя=name Электронная почта=email`},
		{"Chinese", `姓名,电子邮件`, `姓名=name 电子邮件=email`},
		{"Japanese", `表示名,メールアドレス`, `表示名=name メールアドレス=email`},
		{"wide letters, odd case and spaces", "\uFEFF ＮＡＭＥ\u00A0 , e_MAIL ( required )", "＃"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := importer.Open([]byte(tt.header+"\n"), "", importer.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := mapping(f)
			if tt.want == "＃" {
				if !slices.Equal(f.Mapping, importer.Mapping{importer.Name, importer.Email}) {
					t.Errorf("got %q", f.Mapping)
				}
			} else if got != tt.want {
				t.Errorf("got\n\t%s\nwant\n\t%s", got, tt.want)
			}
			if f.NeedsMapping {
				t.Error("needs a mapping")
			}
		})
	}
}

// A column is recognised by each known name, as it is spelled in the table.
func TestKnownNamesOfColumns(t *testing.T) {
	for name, use := range importer.KnownNames() {
		f, err := importer.Open([]byte("sep=;\n"+name+";x\n"), "", importer.Options{HeaderRow: importer.WithHeader})
		if err != nil {
			t.Fatal(err)
		}
		if f.Mapping[0] != use {
			t.Errorf("%s is %q, want %q", name, f.Mapping[0], use)
		}
	}
}

// Columns with secrets are not shown, in no language whose other columns are known, and not even
// when a row has too many cells.
func TestSecretColumns(t *testing.T) {
	for _, name := range []string{
		"Password", "Initial password", "Pwd", "Initial pwd", "Passwd", "Pass", "Passcode", "Passphrase", "PIN", "PIN code", "Pincode", "Secret", "API key", "Access key", "Private key", "Recovery codes", "Backup codes", "Token",
		"Credentials", "MFA seed", "TOTP", "Security question", "Security answer",
		"Passwort", "Kennwort", "Zugangscode", "Mot de passe", "Contraseña", "Clave", "Palabra clave", "Senha", "Palavra-passe", "Parola", "Parola d'ordine", "Wachtwoord", "Lösenord", "Adgangskode", "Passord", "Salasana", "Hasło", "Heslo",
		"Jelszó", "Şifre", "Пароль", "密码", "密碼", "口令", "パスワード", "暗証番号", "비밀번호", "암호", "كلمة المرور", "كلمة السر",
	} {
		const hidden = "hunter2"
		for _, row := range []string{"Ann;ann@corp.example;" + hidden + ";", "Lee; Ann;ann@corp.example;" + hidden + ";", "Ann;ann@corp.example;;" + hidden + ";;"} {
			f, got := read(t, []byte("sep=;\nPerson;Reachable at;"+name+";Dept\n"+row+"\n"), importer.Options{Mapping: importer.Mapping{importer.Name, importer.Email, "", importer.Comments}})
			for _, r := range f.Preview(1) {
				got = append(got, r.Cells...)
			}
			if strings.Contains(strings.Join(got, "\n"), hidden) {
				t.Errorf("%s: %q came out of %q", name, got, row)
			}
		}
	}
	for _, name := range []string{"Passport", "Department", "Pinned", "Clavel", "Passenger", "Compass", "Pass date", "Notes", "Bypass"} {
		f, err := importer.Open([]byte("sep=;\nPerson;Reachable at;"+name+"\nAnn;ann@corp.example;shown\n"), "", importer.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if rows := f.Preview(1); len(rows) != 1 || rows[0].Cells[2] != "shown" {
			t.Errorf("%s: %v", name, rows)
		}
	}
}

func TestOtherLists(t *testing.T) {
	for _, tt := range []struct {
		text string
		want importer.FileErrorKind
	}{
		{"Pattern, Notes, Verify Email, Trusted Sender, Exempt Recipient, Acceptable Sender\n", importer.AllowedPatterns},
		{"Domain, Notes, Proximity, Recent\n", importer.TrustedDomains},
		{`{"success": true, "result": [{"id": 1, "pattern": "x", "is_trusted_sender": true, "verify_sender": true}]}`, importer.AllowedPatterns},
		{`[{"pattern": "x", "is_recent": true, "is_similarity": false, "is_regex": false}]`, importer.TrustedDomains},
		{`[{"pattern": "x", "pattern_type": "EMAIL", "is_regex": false}]`, importer.BlockedSenders},
		{`{"success": false, "errors": [], "result": null}`, importer.NoEntries},
		{`[{"address": "x"}]`, importer.NoEntries},
		{`[]`, importer.NoEntries},
		{strings.Repeat(`{"result":`, 1<<16), importer.BadJSON},
		{`"text"`, ""},
	} {
		_, err := importer.Open([]byte(tt.text), "", importer.Options{})
		var failed *importer.FileError
		errors.As(err, &failed)
		if got := kindOf(failed); got != tt.want {
			t.Errorf("%s: got %q (%v), want %q", tt.text, got, err, tt.want)
		}
	}
}

func kindOf(err *importer.FileError) importer.FileErrorKind {
	if err == nil {
		return ""
	}
	return err.Kind
}

// TestMapping takes a person's answers about columns that are not recognised.
func TestMapping(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		options    importer.Options
		header     []string
		suggestion importer.Mapping
		needs      bool
		want       []string
	}{
		{
			"unknown names", "Person;Reachable at\nAnn Lee;ann@corp.example\n",
			importer.Options{},
			[]string{"Person", "Reachable at"},
			importer.Mapping{"", ""},
			true,
			[]string{`2:1 "" `},
		},
		{
			"unknown names below a title", "VIP list\nFull legal name,Contact address\nAnn Lee,ann@corp.example\n",
			importer.Options{},
			[]string{"Full legal name", "Contact address"},
			importer.Mapping{"", ""},
			true,
			[]string{`3:1 "" `},
		},
		{
			"no header below a title", "VIP list\n\nAnn Lee,ann@corp.example\nBob,bob@corp.example\n",
			importer.Options{},
			nil,
			importer.Mapping{importer.Name, importer.Email},
			true,
			[]string{`3:9 "Ann Lee" ann@corp.example`, `4:5 "Bob" bob@corp.example`},
		},
		{
			"no header, one row shorter", "Ann Lee,ann@corp.example,x\nBob,bob@corp.example\n",
			importer.Options{},
			nil,
			importer.Mapping{"", importer.Email, ""},
			true,
			[]string{`1:9 "" ann@corp.example`, `2:5 "" bob@corp.example`},
		},
		{
			"addresses, the first without a name", "ann@corp.example,\nbob@corp.example,Bob\n",
			importer.Options{},
			nil,
			importer.Mapping{importer.Email, importer.Name},
			true,
			[]string{`1:1 "" ann@corp.example`, `2:1 "Bob" bob@corp.example`},
		},
		{
			"an address above the header", "Users exported by IT <it@corp.example>\nName,Email\nAnn,ann@corp.example\n",
			importer.Options{},
			[]string{"Name", "Email"},
			importer.Mapping{importer.Name, importer.Email},
			false,
			[]string{`3:5 "Ann" ann@corp.example`},
		},
		{
			"rows above the header", "Ann,ann@corp.example\nName,Email\nBob,bob@corp.example\n",
			importer.Options{},
			nil,
			importer.Mapping{importer.Name, importer.Email},
			true,
			[]string{`1:5 "Ann" ann@corp.example`, `2:6 "Name" Email`, `3:5 "Bob" bob@corp.example`},
		},
		{
			"unknown names, answered", "Person;Reachable at\nAnn Lee;ann@corp.example\n",
			importer.Options{Mapping: importer.Mapping{importer.Name, importer.Email}},
			[]string{"Person", "Reachable at"},
			importer.Mapping{importer.Name, importer.Email},
			false,
			[]string{`2:9 "Ann Lee" ann@corp.example`},
		},
		{
			"no header", "Ann Lee,ann@corp.example\nBob,bob@corp.example\n",
			importer.Options{},
			nil,
			importer.Mapping{importer.Name, importer.Email},
			true,
			[]string{`1:9 "Ann Lee" ann@corp.example`, `2:5 "Bob" bob@corp.example`},
		},
		{
			"no header, answered", "Ann Lee,ann@corp.example\n",
			importer.Options{Mapping: importer.Mapping{importer.Comments, importer.Email}},
			nil,
			importer.Mapping{importer.Comments, importer.Email},
			false,
			[]string{`1:9 "" ann@corp.example "Ann Lee"`},
		},
		{
			"a header, although it is not one", "Ann Lee,ann@corp.example\nBob,bob@corp.example\n",
			importer.Options{HeaderRow: importer.WithHeader, Mapping: importer.Mapping{importer.Name, importer.Email}},
			[]string{"Ann Lee", "ann@corp.example"},
			importer.Mapping{importer.Name, importer.Email},
			false,
			[]string{`2:5 "Bob" bob@corp.example`},
		},
		{
			"none, although it looks like one", "Name,Email\n",
			importer.Options{HeaderRow: importer.NoHeader},
			nil,
			importer.Mapping{"", ""},
			true,
			[]string{`1:1 "" `},
		},
		{
			"two columns of addresses", "Name,Email,Mail\nAnn,ann@corp.example,a@corp.example\n",
			importer.Options{},
			[]string{"Name", "Email", "Mail"},
			importer.Mapping{importer.Name, importer.Email, ""},
			true,
			[]string{`2:5 "Ann" ann@corp.example`},
		},
		{
			"a column without names", "email\nann@corp.example\n",
			importer.Options{},
			[]string{"email"},
			importer.Mapping{importer.Email},
			false,
			[]string{`2:1 "" ann@corp.example`},
		},
		{
			"a password stays dropped", "Name,Email,Password\nAnn,ann@corp.example,hunter2\n",
			importer.Options{Mapping: importer.Mapping{importer.Name, importer.Email, importer.Comments}},
			[]string{"Name", "Email", "Password"},
			importer.Mapping{importer.Name, importer.Email, ""},
			false,
			[]string{`2:5 "Ann" ann@corp.example`},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, got := read(t, []byte(tt.text), tt.options)
			if !slices.Equal(f.Header, tt.header) || !slices.Equal(f.Mapping, tt.suggestion) || f.NeedsMapping != tt.needs {
				t.Errorf("header %q, mapping %q, needs mapping %v", f.Header, f.Mapping, f.NeedsMapping)
			}
			compare(t, got, tt.want...)
		})
	}
}

func TestWrongMapping(t *testing.T) {
	for _, m := range []importer.Mapping{{}, {importer.Name}, {importer.Name, "shoe_size"}, {importer.Email, importer.Email}, {"secret", importer.Email}} {
		_, err := importer.Open([]byte("Name,Email\nAnn,ann@corp.example\n"), "", importer.Options{Mapping: m})
		var failed *importer.FileError
		if !errors.As(err, &failed) || failed.Kind != importer.WrongMapping {
			t.Errorf("%q: got %v", m, err)
		}
	}
}

// TestSecretsStayInside looks for passwords in everything that the package returns.
func TestSecretsStayInside(t *testing.T) {
	const secret = "Winter-not-a-password-2026"
	for _, text := range []string{
		string(sample(t, "google-users.csv")),
		"Name;E-Mail;Kennwort\nAnn;ann@corp.example;" + secret + "\nBob;bob@corp.example;\"" + secret + "\" x\n",
		"姓名,电子邮件,密码\nAnn,ann@corp.example," + secret + "\n",
		"version:v1.0\n" + entraBulk + "\nAnn,ann@corp.example," + secret + ",No\nBob,bob@corp.example," + secret + ",No,,,,,,too,many\n",
		"Name,Password,Email\nStone, Bob," + secret + ",bob@corp.example\nAnn," + secret + ",ann@corp.example\n",
		"Name,Password,Email,Phone\nStone, Bob," + secret + ",bob@corp.example,\nAnn," + secret + ",ann@corp.example,1\n",
		"Name,Password,Email,Phone\nStone, Bob," + secret + ",bob@corp.example,\n",
		"Name,Password,Email,Phone\nStone, Bob," + secret + ",bob@corp.example,,\nAnn," + secret + ",ann@corp.example,1,\n",
		"Name,Password,Email,Phone\nStone, Bob," + secret + ",bob@corp.example,\nLee, Ann," + secret + ",ann@corp.example,\nLee, Cid," + secret + ",c@corp.example,\n",
		"Name,Password,Email,Phone\nStone, Bob," + secret + ",bob@corp.example,\nAnn," + secret + ",ann@corp.example,,\nCid," + secret + ",c@corp.example,,\n",
		"Name,Email,Password\nAnn,\"ann@corp.example," + secret + "\nBob,bob@corp.example,x\n",
		"Name,Email,Password\n\"Ann,ann@corp.example," + secret + "\nBob 5\",bob@corp.example,x\n",
		"Name,Email,Password\n\"Ann,ann@corp.example," + secret + "\nBob \"B\",bob@corp.example,x\n",
		"Users exported by IT <it@corp.example>\nName,Email,Password\nAnn,ann@corp.example," + secret + "\n",
		"Questions: it@corp.example, 2026-08-20\n\nName;Email;Password\nAnn;ann@corp.example;" + secret + "\n",
		"it@corp.example\nName,Email,Password\nAnn,ann@corp.example," + secret + "\n",
		"it@corp.example; help@corp.example\nName\tEmail\tPassword\nAnn\tann@corp.example\t" + secret + "\n",
		"Users of <it@corp.example>\nPerson,Reachable at,Password\nAnn,ann@corp.example," + secret + "\n",
	} {
		f, err := importer.Open([]byte(text), "users.csv", importer.Options{})
		if err != nil {
			t.Fatal(err)
		}
		all := candidates(f)
		for _, row := range f.Preview(10) {
			all = append(all, row.Cells...)
		}
		for _, note := range f.Notes {
			all = append(all, note.Text)
		}
		if len(all) < 2 {
			t.Errorf("only %q came out of %q", all, text)
		}
		if strings.Contains(strings.Join(append(all, f.Header...), "\n"), secret) {
			t.Errorf("a password came out of %q", text)
		}
	}
}
