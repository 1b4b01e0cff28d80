# Every sentence that a member can read. One language a file; a missing sentence falls back to this one.
# `resets`, `when` and the like are moments: each platform shows them its own way.

## What is left

allowance = { $left } of { $limit } left this month, resets { $resets }.
allowance-with-bonus = { $left } left ({ $grants } of them bonus units that do not expire), the month's { $limit } reset { $resets }.
allowance-unlimited = Unlimited plan, { $used } used this month.

## The status message

status-title = { $count ->
    [one] { $kind ->
        [video] A video with { $provider }
       *[image] A picture with { $provider }
    }
   *[other] { $kind ->
        [video] { $count } videos with { $provider }
       *[image] { $count } pictures with { $provider }
    }
  }
status-receipt = { $count ->
    [one] Receipt { $receipts } (find it again with /status { $receipts }).
   *[other] Receipts { $receipts } (find one again with /status).
  }
state-waiting-turn = Waiting for your other requests to finish.
state-queued = { $ahead ->
    [0] Starting. It usually takes about { $usually } s.
    [one] In the queue, one request ahead. It usually takes about { $usually } s.
   *[other] In the queue, { $ahead } requests ahead. It usually takes about { $usually } s.
  }
state-again = It did not work at the provider, trying again (attempt { $attempt } of 3).
state-resting = { $provider } does not answer at the moment. It is tried again each minute, and your unit comes back if it stays away.
state-instead = { $asked } cannot make it at the moment, so { $provider } does. It is one unit all the same.
state-generating = Being made. It usually takes about { $usually } s.
state-generating-percent = Being made: { $percent } %.
state-storing = Made. Fetching the result.
state-ready = Ready after { $seconds } s.
state-cancelled = Cancelled. Nothing was charged: the unit is back.

## Results

result-title = { $kind ->
    [video] Video by { $provider }
   *[image] Picture by { $provider }
  }
result-facts = { $count ->
    [one] Took { $seconds } s · receipt { $receipt }
   *[other] { $number } of { $count } · took { $seconds } s · receipt { $receipt }
  }
result-template = The caption comes from your prompt; no model wrote it.
result-sketch = A sketch drawn on this machine from your words; no AI model was asked.
result-instead = { $asked } could not make it, so { $provider } did.
result-late = It turned up after your unit was given back, so this one is on the house.
note-preview = The original is too large for this chat. This is a smaller copy; the button opens the original.
note-preview-no-link = The original is too large for this chat. This is a smaller copy; the original is in your gallery on the Studio page.
note-link = The file is too large for this chat. The button opens it.
note-no-link = The file is too large for this chat. It is kept in your gallery on the Studio page.
original-facts = The original file of { $receipt }.
receipt-facts = { $kind ->
    [video] Video
   *[image] Picture
  } by { $provider }, asked for { $when }.

## When nothing came of it

failure-title = { $kind ->
    [video] No video this time ({ $receipt })
   *[image] No picture this time ({ $receipt })
  }
refunded = Nothing was charged: the unit is back.
reason-content-refused = The provider refused this prompt because of its content rules.
reason-input-refused = The provider could not work with this request as it is.
reason-provider-failed = The provider tried several times and failed.
reason-provider-unavailable = The provider is not available to this bot at the moment; its operator has to look at it.
reason-answer-lost = The provider's answer was lost on the way, so nobody can tell whether it was made. It is not asked twice; if the result turns up, it is on the house.
reason-no-result = The provider says it is done but gave nothing that can be used.
reason-timed-out = It took too long and was given up.
reason-waited-too-long = It waited too long for its turn and was given up.
reason-cancelled = It was cancelled.
reason-not-acknowledged = The request could not be confirmed in the chat, so it was not started.
next-reword = Try it in other words.
next-retry = You can try once more with the button.
next-later = Try another provider, or this one later.
resumed = { $count ->
    [one] The bot was restarted. Your request goes on by itself.
   *[other] The bot was restarted. Your { $count } requests go on by themselves.
  }

## Requests that are refused

prompt-too-short = The prompt needs at least { $minimum } characters that can be seen; yours has { $length }.
prompt-too-long = The prompt may have at most { $maximum } characters; yours has { $length }.
prompt-unreadable = The prompt has characters that cannot be used. Please type it again.
count-invalid = Between 1 and { $maximum } at once.
style-unknown = There is no such style. Styles: { $styles }.
type-unknown = The type is image or video.
provider-unknown = There is no provider “{ $provider }” here. For this type: { $providers }.
provider-wrong-kind = { $kind ->
    [video] “{ $provider }” makes no videos. These do: { $providers }.
   *[image] “{ $provider }” makes no pictures. These do: { $providers }.
  }
aspect-not-made = { $provider } does not make { $aspect }. It makes: { $aspects }.
reference-not-taken = { $provider } takes no reference image.
reference-too-many = { $provider } takes { $maximum ->
    [one] one reference image
   *[other] up to { $maximum } reference images
  }; there are { $count }.
reference-nowhere = { $kind ->
    [video] No provider here makes videos from a picture like that.
   *[image] No provider here works from a picture like that.
  }
mask-needs-picture = A mask needs the picture that it is for.
prompt-too-long-here = { $provider } takes prompts of at most { $maximum } characters.
mask-not-taken = { $provider } takes no mask.
reference-not-allowed = That link cannot be used. It has to be an https link to a public address, with nothing but the picture behind it.
reference-unreachable = The picture could not be fetched: its server did not answer in time, or with an error. Try again, or send the picture itself as a file.
reference-gone = That picture is not there any more. Send it once more.
reference-too-large = The picture is too large: at most 20 MB and 40 million pixels.
reference-not-a-picture = That is no picture the bot can read. It takes PNG, JPEG, WebP and GIF.
reference-broken = The picture is damaged and cannot be read.
which-result = Which result? Write its receipt after the command, as in “/{ $command } K7Q”. It stands under each result, and /gallery lists yours.
which-picture = Which picture? Reply to one, send one along, or name a result of yours by its receipt.
nothing-charged = Nothing was started and nothing was charged.
limit-title = Monthly media generation limit reached
limit-left = { $left ->
    [0] Your plan allows { $limit } a month and all are used.
    [one] Your plan allows { $limit } a month; one is left, { $wanted } were asked for.
   *[other] Your plan allows { $limit } a month; { $left } are left, { $wanted } were asked for.
  }
limit-resets = It resets { $resets }.
limit-more = For more, ask an admin of this bot for bonus units or the pro plan (unlimited).
daily-cap = This bot has made all it may make today. It goes on { $resets }.
nothing-offered = { $kind ->
    [video] No provider for videos is set up here.
   *[image] No provider for pictures is set up here.
  }
banned = You cannot use this bot any more. Ask an admin if you think that is a mistake.
already-started = That was started already.
chat-identity = A channel or an anonymous admin has no allowance of its own. Post as yourself to use the bot.
not-here = The bot cannot answer in channels.
not-permitted-here = The bot may not send messages with files here. Ask a moderator to allow it, or use another channel.

## Commands

unknown-command = There is no such command. /help lists them.
words-offer = Make this?
words-offer-pictures = { $count ->
    [one] From the picture you sent.
   *[other] From the { $count } pictures you sent.
  }
prompt-ask-picture = What should be made of it? A few words are enough.
prompt-ask = What should it show? Answer with a prompt of 10 to 1,000 characters.
draft-gone = That offer is too old. Send the prompt again.
quota-title = { $plan ->
    [pro] Plan: pro
   *[free] Plan: free
  }
quota-until = The pro plan lasts until { $until }.
quota-running = { $count ->
    [0] Nothing is being made for you right now.
    [one] One request is under way.
   *[other] { $count } requests are under way.
  }
not-found = Nothing of yours goes by “{ $id }”. /gallery lists what there is.
nothing-yet = You have made nothing yet. Try /generate with a prompt of at least 10 characters.
gallery-title = Your gallery: page { $page } of { $pages }
gallery-none = Nothing matches “{ $search }”.
gallery-line = { $receipt } · { $kind ->
    [video] video
   *[image] picture
  } · { $state } · { $prompt }
short-ready = ready
short-processing = being made
short-error = failed
providers-up = Working now: { $providers }.
providers-down = Not available now: { $providers }. Requests for them go to another one or wait.
cancelled = Cancelled. The unit is back.
cancel-which = Which one? Write its receipt behind it, for example /cancel W45THM. /gallery lists what there is.
cancel-will-finish = It was already sent to the provider: it will be finished and kept in your gallery, and it stays charged.
cancel-ended = It has ended already.
help-title = What I can do
help-line = /{ $name } – { $description }
help-more = Prompts have 10 to 1,000 characters. Results come with buttons to make it again, keep or delete it.
start-title = Hello { $name }!
start-text = Describe a picture or a short video in your own words, for example: /generate a lighthouse on a cliff at dawn, gulls in the wind
studio-link = Your Studio page: the button signs you in. It works once, within 10 minutes.
studio-none = The Studio page can only be opened on the machine where this bot runs.
settings-title = Your settings
settings-line = { $name }: { $value }
settings-standard = standard
settings-saved = Saved.
settings-bad = “{ $value }” cannot be used for { $name }.
setting-captions = Captions
setting-on = on
setting-off = off
settings-hint = Change them with the buttons, or with /settings. “default” gives one back to the standard.

setting-language = Language
setting-zone = Time zone
setting-kind = Type
setting-imageProvider = Provider for pictures
setting-videoProvider = Provider for videos
setting-aspect = Aspect
setting-style = Style

favourite-on = Kept as a favourite.
favourite-off = No longer a favourite.
delete-ask = Delete { $receipt }? Media and prompt are gone for good.
delete-ask-posts = { $count ->
    [one] A post of it still goes out as it was confirmed: cancel it with /posts if it should not.
   *[other] { $count } posts of it still go out as they were confirmed: cancel them with /posts if they should not.
  }
deleted = Deleted.
delete-working = It is still being made. Cancel it, or delete it when it is done.
not-allowed = Only the person who asked for it may do that.
original-coming = The original is on its way.
too-old-button = This button is from an older version and does nothing any more.

admin-only = This needs an admin of the bot.
admin-not-owner = An owner cannot be changed by others.
admin-not-self = You cannot do that to yourself.
admin-no-member = Nobody is known by “{ $member }”. Use the platform's id, or reply to a message of theirs.
admin-bad-number = “{ $value }” is not a number that can be used here.
admin-limit = { $name } has a limit of { $limit } a month now.
admin-limit-standard = { $name } has the standard limit of the plan again.
admin-plan = { $plan ->
    [pro] { $name } has the pro plan now.
   *[free] { $name } has the free plan now.
  }
admin-plan-until = { $name } has the pro plan until { $until }.
admin-grant = { $name } has { $grants } bonus units now.
admin-ban = { $name } cannot use the bot any more.
admin-unban = { $name } can use the bot again.
admin-user-title = { $name } ({ $identity })
admin-user-facts = Plan { $plan } · used this month { $used } of { $limit } · bonus { $grants } · made { $total } · { $banned ->
    [yes] banned
   *[no] not banned
  }
word-unlimited = unlimited

private-first = The answer is only for you, and I cannot write to you yet: open a private chat with me, press Start, and ask again.
private-first-opens = The answer is only for you, and I cannot write to you yet: open a private chat with me, press Start, and it comes there.
button-start-private = Open private chat

## Forms

form-edit-title = Edit this picture
form-edit-label = What should change?
form-edit-placeholder = make it night, with a full moon
form-edit-ask = What should change? Answer this message with a few words.
form-animate-title = Animate this picture
form-animate-label = How should it move?
form-animate-placeholder = the waves roll in, the camera moves closer
form-animate-ask = How should it move? Answer this message with a few words, or press the button.
form-pictures = More pictures to work from
form-fill-title = One thing is missing
form-fill-label = What should be made of it?
form-fill-placeholder = as a watercolour, at dawn
form-fill-ask = What should be made of it? Answer this message with a few words.
menu-edit = Edit with AI
menu-animate = Animate

## Captions

caption-template = { $prompt } ({ $kind ->
    [video] a film
   *[image] a picture
  } made with AI)
caption-title = Caption for { $receipt }
caption-template-note = Written from your prompt; no caption model is set up here.
caption-fallback-note = The caption model gave nothing usable, so this is written from your prompt.
caption-instructions-saved = Your captions follow that from now on.
caption-instructions-gone = Your captions follow no instructions of yours any more.
caption-instructions-are = Your captions follow these words of yours. “/style caption default” takes them away.
caption-instructions-none = Your captions follow no instructions of yours. Write them after the command: “/style caption short, no emojis”.
caption-instructions-long = At most 500 characters, please.
button-caption = Caption
button-caption-new = New
button-caption-shorter = Shorter
button-caption-longer = Longer
button-caption-edit = Edit
button-caption-language = Language
button-caption-back = Back
caption-language-ask = In which language? Only this caption changes.
caption-language-other = The model wrote it in { $language }, not in { $wanted }.
caption-unchanged = The caption model gave nothing usable, so the caption is as it was.
caption-member-limit = You have used up the caption model for today; it writes for you again { $until }. { $template ->
    [yes] Until then captions come from your prompt.
   *[no] The caption is as it was.
  }
caption-instance-limit = This bot has used up the caption model for today; it goes on { $until }. { $template ->
    [yes] Until then captions come from your prompts.
   *[no] The caption is as it was.
  }
caption-begins = This is its beginning. Edit and the card of a post show all of it.
form-caption-edit-title = Your caption
form-caption-edit-label = The whole text, hashtags included
form-caption-edit-placeholder = A fox, the first snow, and nobody else awake.
form-caption-edit-ask = What should the caption say? Answer this message with the whole text.

## Accounts

accounts-title = Social accounts
accounts-none = None is connected yet.
accounts-line = { $network } { $account }: { $health }
accounts-hint-community = Who else may post to them: /community grant.
accounts-disconnect-ask = Disconnect { $network } { $account }? What is scheduled for it can then not be published.
button-disconnect = Disconnect
accounts-hint = The + buttons connect one more, the ✕ buttons disconnect one.
accounts-hint-reconnect = The ↻ buttons lead to the network to sign in once more; nothing can be posted there until then.
accounts-connect = The button leads to { $network }. Sign in there, and come back with /accounts. The link is only for you and ends soon.
accounts-unknown-network = That network is not known. There are: { $networks }.
accounts-not-set-up = Posting is not set up here: the operator has to set LATE_API_KEY.
accounts-not-allowed = You may not connect accounts here. Ask an admin of the bot, or a manager of this community.
accounts-away = The publishing service did not answer. Try again in a minute.
account-fine = works
account-reconnect = needs to be connected again
account-off = is not enabled for posting
account-gone = is gone
button-connect = Open { $network }

## Posts

post-title = { $network } { $account }
post-at = Time: { $local }
post-waiting = Waits for somebody to approve it.
post-confirmed = On its way to the publishing service.
post-handing-over = On its way to the publishing service.
post-scheduled = Scheduled.
post-publishing = Being published.
post-cancelling = Being cancelled. You are told when the publishing service has confirmed it.
post-published = Published.
post-failed = Not published.
post-cancelled = Cancelled. It will not be published.
post-rejected = Not approved.
post-failed-right = The right to post to { $account } was taken away, so nothing more is posted there. Ask an admin, or choose another account.
post-failed-account = { $account } cannot be posted to at the moment: connect it again with /accounts.
post-failed-content = { $network } refused the text or its form. Change it and try again.
post-failed-media = { $network } could not use the file.
post-failed-limit = { $network } allows no more posts for now. Try again later.
post-failed-network = { $network } itself had a fault and did not take it. Try again.
post-failed-rejected = { $network } refused it because of its rules.
post-failed-duplicate = The same was posted there already within a day.
post-failed-payment = The plan of the publishing service does not allow it: its operator has to look at it.
post-failed-service = The publishing service could not be reached in time.
post-failed-unknown = { $network } gave no reason.
post-card-title = { $accounts ->
    [0] Post it: choose an account
   *[other] Post to { $names }
  }
post-card-now = At once, after you confirm.
post-card-at = { $local }
post-card-public = What is posted is public, and on Instagram it cannot be taken back by the bot.
post-card-no-accounts = No social account is connected for you. /accounts connects one, or ask an admin.
post-card-changed = This has changed since that card was sent. Look at it as it is now, then confirm.
post-card-confirmed-already = It is confirmed already: nothing more is needed. /posts shows how it stands.
post-card-picture-gone = That picture was deleted, so it cannot be posted any more. Nothing was posted.
post-as-story = As a story: the picture alone, no text is shown.
post-ai-label = Marked as made with AI.
post-card-sent = On its way. You are told here as soon as it is out, or why not; of a picture in a group, under that picture.
post-card-sent-at = It goes out at { $local }. You are told here when it is out, of a picture in a group under that picture; /posts moves, changes or cancels it.
post-card-asked = Waiting for approval: the approvers of the community were asked. You are told here what they say.
post-card-gone = That card is too old. Press Post under the result again.
post-card-when = Choose when, with a button or in your own words.
post-approve-prompt = Asked for as: { $prompt }
post-card-title-many = Post to { $accounts } accounts
post-card-for = — { $networks } —
post-card-page = Part { $page } of { $pages } of the text. It can be confirmed once you have seen all of it.
post-card-last-page = Part { $page } of { $pages } of the text, the last one.
post-card-more = This is the beginning of the text; /posts shows the rest.
post-card-not-written = The caption model gave nothing usable for { $networks }: that text is as it was.
post-card-choose = Choose at least one account first.
preflight-account = { $account } cannot be posted to at the moment: connect it again with /accounts, or choose another account.
preflight-quota = { $network } takes no more posts from this account today. Take Schedule under the result, with a time from tomorrow on.
preflight-no-story = { $network } has no stories that can be posted from here.
preflight-no-pictures = { $network } takes videos only.
preflight-format = { $network } does not take this kind of file.
preflight-ratio = This is too { $shape ->
    [tall] tall
    [wide] wide
   *[square] square
  } for { $network }: it would have to be { $ratio }.
preflight-size = The file has { $size } MB and { $network } takes { $limit } MB.
preflight-pixels = { $network } takes { $limit } pixels a side at most.
preflight-too-long = The video takes { $seconds } s and { $network } takes { $limit } s at most.
preflight-too-short = The video takes { $seconds } s and { $network } wants { $limit } s at least.
preflight-text = The text has { $count } characters and { $network } takes { $limit }: { $over } too many.
preflight-hashtags = { $count } hashtags, and { $network } takes { $limit }.
preflight-fix-crop = Cut to { $ratio }
preflight-fix-pad = Whole, on a plain ground
preflight-fix-blur = Whole, on a blurred ground
preflight-fix-story = As a story
preflight-fix-feed = In the feed
preflight-fix-smaller = Make a smaller copy
preflight-fix-shorter-text = Shorten to { $limit } characters
preflight-fix-fewer-hashtags = Keep { $limit } hashtags
when-gap = The clocks go forward over that time. This is the first minute after it.
when-overlap-first = The clocks go back and show that time twice. This is the first of the two.
when-overlap-second = The clocks go back and show that time twice. The first is over, this is the second.
when-morning = Taken as the morning.
when-midnight = The midnight that this day begins with.
when-same-time = At the same time of day as now.
when-past = That time is over.
when-too-soon = That is in less than two minutes. Choose a later time, or post it now.
when-too-far = That is more than 180 days ahead.
when-not-understood = I do not understand that as a time. Try "friday 18:30", "in 2 hours" or "1.12. 9:00".
when-ambiguous = That can mean several times. Write it with day, month and hour, like "1 December 18:30".
when-quick-hour = In 1 hour
when-quick-tonight = Tonight 19:00
when-quick-tomorrow = Tomorrow 9:00
when-quick-slot = Next free slot
posts-title = { $pages ->
    [1] Your posts
   *[other] Your posts: page { $page } of { $pages }
  }
posts-none = You have no posts yet. The Post button under a result makes one.
posts-line = { $number }. { $network } { $account }, { $state }: { $text }
posts-line-at = { $number }. { $network } { $account }, { $state } { $local }: { $text }
post-short-waiting = waits for approval
post-short-confirmed = on its way
post-short-handing-over = on its way
post-short-scheduled = scheduled
post-short-publishing = being published
post-short-cancelling = being cancelled
post-short-published = published
post-short-failed = not published
post-short-cancelled = cancelled
post-short-rejected = not approved
post-too-late = Too late: it is being published or was published already.
post-cancelling-now = Being cancelled. You are told when the publishing service has confirmed it.
post-changed = Changed.
post-not-changed = It could not be changed: the publishing service did not take it. It stays as it was.
post-change-asked = The publishing service has not answered yet. The change is asked for again, and you are told what came of it.
post-approved-as-it-is = It goes out exactly as it was approved, or not at all. Cancel it and post anew for another text or time.
post-ended = It has ended already: nothing of it will be posted.
post-right-gone = You may not post to that account any more. Ask an admin, or choose another account.
post-too-many-waiting = Ten posts of yours are waiting for approval. Nothing was sent: wait until some are decided, or cancel one with /posts.
post-delayed = { $account } takes no more posts for now. This one goes out at { $local }, unless you cancel it.
post-undecided = Nobody has approved it in time, so it was not posted. Post the picture again if it should still go out.
post-busy = It is being handed over or changed at this moment. Try again in a minute.
post-approve-title = { $name } wants to post this to { $network } { $account }
post-approved = Approved by { $name }. It goes out exactly like this.
approve-time-over = The time that was wanted has passed. Approved now, it goes out at once.
post-approve-part = Part { $part } of { $parts } of the text.
post-approve-last-part = The text has { $parts } parts: the last one is here, the others stand in messages of their own.
post-approve-now = At once, as soon as it is approved.
approve-not-allowed = Only managers of this community may decide about posts.
post-rejected-done = Not approved by { $name }. The author is told.
post-rejected-done-why = Not approved by { $name }: “{ $reason }” The author is told.
approve-decided = Somebody has decided meanwhile.
approve-edited = Changed. It still waits for approval; its author is told.
approve-taken-back = Taken back by { $name }, its author. Nothing was published.
post-edited-by = { $name } changed the text before approving it. It still waits.
post-rejected-why = Not approved: { $reason }
button-post = Post now
button-plan = Schedule
button-post-edit = Edit text
button-post-cancel = Cancel post
button-post-move = Move
button-post-retry = Try again
button-open-post = Open post
button-approve = Approve
button-reject = Reject
button-pd-text = Edit text
button-pd-accounts = More accounts
button-pd-text-all = Text for all
button-pd-text-for = { $network } text
button-pd-write = Write for each network
button-pd-next = Read on
button-pd-first = From the start
button-pd-time = Other time
button-pd-confirm = Post it now
button-pd-confirm-at = Schedule it
fit-as-is = As it was made
form-pd-text-title = Text of the post
form-pd-text-title-for = Text for { $network }
form-pd-text-ask-for = What should the post on { $network } say? Answer this message with the whole text.
form-pd-text-label = Exactly as it will be posted
form-pd-text-placeholder = A fox, the first snow, and nobody else awake.
form-pd-text-ask = What should the post say? Answer this message with the whole text.
form-pd-time-title = When?
form-pd-time-label = In your time zone
form-pd-time-placeholder = friday 18:30
form-pd-time-ask = When? Answer this message, for example with “friday 18:30” or “in 2 hours”.
form-post-move-title = Another time
form-post-move-label = In your time zone
form-post-move-placeholder = tomorrow 9:00
form-post-move-ask = When instead? Answer this message.
form-post-edit-title = Text of the post
form-post-edit-label = Exactly as it will be posted
form-post-edit-placeholder = A fox, the first snow, and nobody else awake.
form-post-edit-ask = What should it say instead? Answer this message with the whole text.
form-reject-title = Why not?
form-reject-label = The author reads it
form-reject-placeholder = Please without the logo.
form-reject-ask = Why not? Answer this message; the author reads it.

## Communities

community-title = This community
community-accounts = Social accounts are connected by { $accounts ->
    [members] members for themselves, and by managers for all
   *[admins] managers and admins of the bot
  }.
community-approval = Posts to the community's accounts { $approval ->
    [yes] wait for approval
   *[no] go out without approval
  }.
community-moderators = Approvers are asked { $moderators ->
    [yes] in the place that was chosen
   *[no] nowhere yet: type /community moderators where they should be
  }.
community-only-managers = Only managers of this server or group may change that.
community-not-here = That works in a server or group.
community-saved = Saved.
community-approval-needs-place = First type /community moderators where approvers should be asked.
community-which-account = More than one account has that name: { $names }. Write the network before it.
community-granted = { $name } may post to { $account } now.
community-revoked = { $name } may not post to { $account } any more.
community-no-member = I do not know “{ $member }” yet. Answer a message of theirs with this command, or let them write /start to me once.
community-no-account = There is no such account here. /accounts lists them.

## For admins

notice-publishing = The publishing service refuses this bot's key or plan: { $provider }. Posts wait. Check LATE_API_KEY.
notice-captions-down = The caption model does not answer ({ $provider }). Captions are written from the prompt meanwhile.
notice-captions = The caption model refuses this bot's key or plan: { $provider }. Captions are written from the prompt meanwhile.

notice-key = { $provider } does not accept this bot's key. Its requests go to other providers, or end with the unit given back. Check the key in the settings and start the bot again.
notice-credit = { $provider } says that its credit is used up. Its requests go to other providers, or end with the unit given back, until there is credit again.
notice-few-credits = { $provider } has only { $credits } credits left: too few for one more. Please top up.
notice-switched-off = { $provider } is switched off or retired at its provider. Its requests go to other providers.
notice-down = { $provider } did not answer five times in a row and is given a rest of a minute. Its requests go to other providers meanwhile.

## Errors

error-INPUT_INVALID = That cannot be used as it is.
error-LIMIT_REACHED = Monthly media generation limit reached.
error-CONTENT_REFUSED = The provider refused this because of its content rules.
error-NOT_ALLOWED = You may not do that.
error-NOT_FOUND = There is no such thing.
error-MEDIA_UNSUPPORTED = That file cannot be used.
error-PROVIDER_BUSY = The provider is busy. Please try again in a few minutes.
error-PROVIDER_DOWN = The provider is not available right now.
error-PROVIDER_TIMEOUT = The provider did not answer in time.
error-PROVIDER_AUTH = The provider does not accept this bot's key; its operator has to look at it.
error-PROVIDER_BAD_ANSWER = The provider gave an answer that cannot be used.
error-PLATFORM_REJECTED = The chat platform refused that.
error-STORE_UNAVAILABLE = The bot cannot write to its database right now. Please try again in a minute.
error-INTERNAL = Something went wrong inside the bot. Nothing was charged. If it goes on, tell its operator this number: { $number }.

## Buttons

button-again = Again
button-original = Original
button-edit = Edit
button-animate = Animate
button-animate-go = Just animate it
button-write = Write it
button-instead = Make it with { $provider }, { $aspect }
button-without = Make it without the picture, with { $provider }
button-open-original = Open original
button-favourite = Favourite
button-unfavourite = Unfavourite
button-delete = Delete
button-delete-sure = Delete for good
button-keep = Keep it
button-cancel = Cancel
button-cancel-number = Cancel { $number }
button-generate = Make it
button-make = Make { $count }
button-image = Picture
button-video = Video
button-previous = Previous
button-next = Next
button-open-studio = Open Studio

## What commands and options are for

command-generate = Make a picture or a short video from words
command-edit = Change a picture by words: reply to one, attach it, or name a receipt
command-animate = Make a short video of a picture
command-status = A receipt: how far a request is, or what came of it
command-gallery = What you have made, newest first
command-cancel = Stop a request that has not been sent to the provider yet
command-quota = What is left this month, and when it resets
command-settings = Your defaults: type, provider, aspect, style, time zone
command-studio = A link to your page in the browser
command-help = What the bot can do
command-start = A greeting and an example
command-admin = For admins of the bot
command-admin-limit = Set a member's own monthly limit
command-admin-plan = Give a member the free or the pro plan
command-admin-grant = Give a member bonus units
command-admin-ban = Keep a member from using the bot
command-admin-unban = Let a member use the bot again
command-admin-user = Show a member's plan and use
option-reference = A picture to work from
option-reference-url = A link to a picture to work from
option-mask = A picture of the same size: what is transparent (or black) may change
command-caption = Write a caption for a result
command-style = Your own instructions for captions
command-style-caption = How your captions should sound, in your own words
command-accounts = Connect social accounts, and see which you can post to
command-posts = Scheduled and published posts
command-post = Post a result, now or at a time
command-community = For managers of this server or group
command-community-show = What is set for this server or group
command-community-accounts = Who may connect social accounts here
command-community-approval = Whether posts to the community's accounts wait for approval
command-community-moderators = Ask approvers here, in this channel or topic
command-community-grant = Let a member post to one of the community's accounts
command-community-revoke = Let a member no longer post to it
option-connect = The network to connect
option-when = Now, or a time in words: friday 18:30
option-who = admins or members
option-approval = on or off
option-account = The account, for example @atelier
option-captions = Whether results carry a caption: on or off
option-instructions = For example: two sentences, dry humour, no emojis
option-prompt = What it should show, 10 to 1,000 characters
option-type = A picture or a video
option-provider = Who makes it
option-style = A style for the picture
option-aspect = Width to height
option-count = How many, 1 to 4
option-private = Only you see the result
option-id = The receipt, for example K7Q2ZM
option-search = Words of the prompt
option-page = The page
option-language = The language of the bot's answers
option-zone = Your time zone, for example Europe/Berlin
option-member = The member
option-units = How many units, or “default”
option-plan = free or pro
option-days = How many days the pro plan lasts (empty: no end)
option-reason = Why
